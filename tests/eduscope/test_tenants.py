"""What the SDK remembers of texts is forgotten once somebody sets what they are looked at with."""

from collections.abc import Iterator

import pytest

import eduscope
from eduscope.privacy import EVERYONE, OwnNumbers, tenants
from eduscope.privacy.roster import Person, Roster
from eduscope.record_ids import is_tenant_id
from eduscope.testing import Captured, capture

pytest.importorskip("ahocorasick", reason="a roster needs the package pyahocorasick")

ADA = Roster([Person("Ada", "Lovelace")])
TEXT = "essay of Ada Lovelace"
SAFE = "essay of [PERSON]"


@pytest.fixture(autouse=True)
def without_finders() -> Iterator[None]:
    tenants.use(EVERYONE)
    yield
    tenants.use(EVERYONE)


def test_a_message_and_a_field_are_judged_anew(seen: Captured) -> None:
    log = eduscope.get_logger()
    for _ in range(2):
        log.info(TEXT, outcome=TEXT)
    tenants.use(EVERYONE, ADA)
    log.info(TEXT, outcome=TEXT)
    tenants.use(EVERYONE)
    log.info(TEXT, outcome=TEXT)
    told = [(line["message"], line["outcome"]) for line in seen.lines]
    assert told == [(TEXT, TEXT), (TEXT, TEXT), (SAFE, SAFE), (TEXT, TEXT)]


def test_what_is_bound_to_a_logger_is_judged_anew(seen: Captured) -> None:
    log = eduscope.get_logger().bind(outcome=TEXT)
    log.info("said")
    tenants.use(EVERYONE, ADA)
    log.info("said")
    assert [line["outcome"] for line in seen.lines] == [TEXT, SAFE]


def test_the_name_of_a_span_is_judged_anew(seen: Captured) -> None:
    for finders in ((), (ADA,)):
        tenants.use(EVERYONE, *finders)
        with eduscope.tracing.span(TEXT):
            pass
    assert [span.name for span in seen.spans] == [TEXT, SAFE]


def test_lines_set_aside_meanwhile_are_not_behind(seen: Captured) -> None:
    eduscope.get_logger().info(TEXT)
    with capture(service="other"):
        tenants.use(EVERYONE, ADA)
    eduscope.get_logger().info(TEXT)
    assert [line["message"] for line in seen.lines] == [TEXT, SAFE]


def test_a_tenants_id_is_judged_anew() -> None:
    assert is_tenant_id("22CS1043")
    tenants.use(EVERYONE, OwnNumbers([r"\d{2}[A-Z]{2}\d{4}"]))
    assert not is_tenant_id("22CS1043")
