"""Names of fields that nobody declared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduscope.contract import ATTRIBUTES, LOG_FIELDS
from eduscope.privacy import KeyRing
from eduscope.privacy.field_names import field_name

RING = KeyRing([("k1", b"0" * 32)])

WORDS = (
    "colour",
    "course.colour",
    "Content-Type",
    "k8s.pod.label.app/name",
    "retry_2",
    "p99.9",
    "_private",
    "h2c",
)
PERSONAL = (
    "Ada Lovelace",
    "ada@example.com",
    "ada.lovelace1815",
    "+49 151 23456789",
    "460-89-9847",
    "S1234567",
    "DE89370400440532013000",
    "sk_live_jfaurzuwanpqpwaetcrqxam7",
    "12/12/1815",
    "",
    "x" * 200,
)


@pytest.mark.parametrize("name", WORDS)
def test_a_word_of_a_program_stays(name: str) -> None:
    assert field_name(name, RING) == name


def test_every_declared_name_is_one() -> None:
    assert all(field_name(f.name, RING) == f.name for f in (*ATTRIBUTES, *LOG_FIELDS))


@pytest.mark.parametrize("name", PERSONAL)
def test_what_is_no_word_becomes_a_code_that_joins(name: str) -> None:
    kept = field_name(name, RING)
    assert kept.startswith("key_")
    assert kept == field_name(name, RING)
    assert not name or name not in kept


@given(st.text(max_size=150))
def test_twice_changes_nothing(name: str) -> None:
    once = field_name(name, RING)
    assert field_name(once, RING) == once
