"""What is stored tells what was found; it is counted by the minute, once it is over."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from tests.eduscope_server.conftest import Rows

from eduscope_server.privacy.findings import MINUTE, Findings
from eduscope_server.query.findings import read_findings, read_undeclared, suggested_class
from eduscope_server.query.scope import EVERY_TENANT, Scope
from eduscope_server.query.times import Window
from eduscope_server.store import Store

NOON = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
WINDOW = Window(NOON - timedelta(hours=1), NOON + timedelta(hours=1))
TOKENS = [f"und_k1_{letter * 26}" for letter in "abc"]


def log(at: datetime, **columns: Any) -> dict[str, Any]:
    row = {
        "timestamp": at.isoformat(),
        "received_at": at.isoformat(),
        "service_name": "courses",
        "message": "said",
    }
    return row | columns


@pytest.fixture
def counted(clean_store: Store) -> Store:
    clean_store.command("TRUNCATE TABLE eduscope.findings")
    return clean_store


def findings_at(store: Store, now: datetime) -> Findings:
    return Findings(store, now=lambda: now)


async def counts(
    store: Store, scope: Scope = EVERY_TENANT, **filters: str
) -> dict[tuple[str, str, str], int]:
    found = await read_findings(store, window=WINDOW, scope=scope, **filters)
    return {(f.kind, f.service_name, f.field): f.count for f in found.findings}


async def test_markers_tokens_and_odd_ids_are_counted_by_service_and_field(
    counted: Store, put_logs: Rows
) -> None:
    put_logs(
        log(NOON, message="mail to [EMAIL] and [EMAIL] failed"),
        log(
            NOON,
            attributes={"course.colour": TOKENS[0], "feedback.text": "[withheld:prose]", "outcome": "done"},
        ),
        log(NOON, attributes={"course.colour": TOKENS[1]}, service_name="tutor", marks=["id_replaced"]),
        log(NOON, message="[ERROR] is no marker of ours"),
    )
    await findings_at(counted, NOON + 5 * MINUTE).count()
    assert await counts(counted) == {
        ("EMAIL", "courses", "message"): 2,
        ("undeclared", "courses", "course.colour"): 1,
        ("withheld:prose", "courses", "feedback.text"): 1,
        ("undeclared", "tutor", "course.colour"): 1,
        ("id_replaced", "tutor", ""): 1,
    }


async def test_spans_and_their_events_are_counted_too(counted: Store, put_spans: Rows) -> None:
    put_spans(
        log(NOON, status_message="no [CARD] here", name="GET /")
        | {"events": [{"timestamp": NOON.isoformat(), "name": "e", "attributes": {"x.y": TOKENS[0]}}]}
    )
    await findings_at(counted, NOON + 5 * MINUTE).count()
    assert await counts(counted) == {
        ("CARD", "courses", "status_message"): 1,
        ("undeclared", "courses", "x.y"): 1,
    }


async def test_a_minute_counted_twice_counts_once(counted: Store, put_logs: Rows) -> None:
    put_logs(log(NOON, message="[EMAIL]"))
    await findings_at(counted, NOON + 5 * MINUTE).count()
    counted.command("DELETE FROM eduscope.findings WHERE kind = ''")
    await findings_at(counted, NOON + 5 * MINUTE).count()
    assert await counts(counted) == {("EMAIL", "courses", "message"): 1}


async def test_only_what_is_new_is_counted_and_nothing_is_skipped(counted: Store, put_logs: Rows) -> None:
    put_logs(*(log(NOON + n * MINUTE, message="[EMAIL]") for n in range(10)))
    await findings_at(counted, NOON + 4 * MINUTE).count()
    assert await findings_at(counted, NOON + 4 * MINUTE).count() == 0
    assert await findings_at(counted, NOON + 30 * MINUTE).count() == 26
    assert await counts(counted) == {("EMAIL", "courses", "message"): 10}


async def test_a_minute_that_is_not_over_waits(counted: Store, put_logs: Rows) -> None:
    put_logs(log(NOON, message="[EMAIL]"))
    await findings_at(counted, NOON + timedelta(seconds=65)).count()
    assert await counts(counted) == {}


async def test_the_course_has_every_step(counted: Store, put_logs: Rows) -> None:
    put_logs(log(NOON, message="[EMAIL]"), log(NOON + 30 * MINUTE, message="[PHONE]"))
    await findings_at(counted, NOON + 59 * MINUTE).count()
    found = await read_findings(counted, window=WINDOW, scope=EVERY_TENANT)
    assert [step.counts for step in found.course if step.counts] == [{"EMAIL": 1}, {"PHONE": 1}]
    starts = [step.start for step in found.course]
    assert {later - earlier for earlier, later in pairwise(starts)} == {
        timedelta(seconds=found.interval_seconds)
    }


async def test_the_course_of_a_day_asked_at_an_odd_minute_counts_what_was_found(
    counted: Store, put_logs: Rows
) -> None:
    put_logs(log(NOON, message="[EMAIL]"), log(NOON + 31 * MINUTE, message="[PHONE]"))
    await findings_at(counted, NOON + 59 * MINUTE).count()
    end = NOON + 59 * MINUTE + timedelta(seconds=7)
    found = await read_findings(counted, window=Window(end - timedelta(days=1), end), scope=EVERY_TENANT)
    assert {step.start: step.counts for step in found.course if step.counts} == {
        NOON: {"EMAIL": 1},
        NOON + 30 * MINUTE: {"PHONE": 1},
    }


async def test_readers_see_their_tenants_only(counted: Store, put_logs: Rows) -> None:
    put_logs(log(NOON, message="[EMAIL]", tenant_id="a"), log(NOON, message="[PHONE]", tenant_id="b"))
    await findings_at(counted, NOON + 5 * MINUTE).count()
    assert await counts(counted, Scope(("a",))) == {("EMAIL", "courses", "message"): 1}
    assert await counts(counted, Scope(("a",)), tenant="b") == {}
    assert await counts(counted, tenant="b") == {("PHONE", "courses", "message"): 1}


async def test_undeclared_names_come_with_services_and_a_class_to_choose(
    counted: Store, put_logs: Rows
) -> None:
    put_logs(
        *(log(NOON, attributes={"course.colour": token}) for token in TOKENS),
        log(NOON + MINUTE, attributes={"course.colour": TOKENS[0]}, service_name="tutor"),
    )
    await findings_at(counted, NOON + 5 * MINUTE).count()
    (colour,) = await read_undeclared(counted, window=WINDOW, scope=EVERY_TENANT)
    assert (colour.name, sorted(colour.services), colour.count, colour.different) == (
        "course.colour",
        ["courses", "tutor"],
        4,
        3,
    )
    assert colour.suggested_class == "label"
    assert (colour.first_seen, colour.last_seen) == (NOON, NOON + MINUTE)


@pytest.mark.parametrize(
    ("name", "different", "suggested"),
    [
        ("course.colour", 5, "label"),
        ("course.colour", 4_000, "identifier"),
        ("course.id", 5, "identifier"),
        ("student.email", 5, "token"),
        ("quiz.answer_text", 5, "prose"),
        ("upload.size_bytes", 5, "measure"),
    ],
)
def test_a_class_is_suggested_by_name_and_variety(name: str, different: int, suggested: str) -> None:
    assert suggested_class(name, 5_000, different) == suggested
