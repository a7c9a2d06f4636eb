import pytest
from tests.eduscope_server.privacy.conftest import RING

from eduscope_server.privacy.subjects import (
    IMPERSONAL_TABLES,
    PERSON_TABLES,
    Subject,
    rows_about,
    subject_of,
)
from eduscope_server.store import Store


def test_a_raw_id_gives_its_tokens_of_every_epoch() -> None:
    subject = subject_of("ada", RING)
    assert {*RING.tokens("ada"), *RING.tokens("ada", "und")} == set(subject.tokens)


def test_a_token_stands_for_itself() -> None:
    token = RING.token("ada")
    assert subject_of(token, RING).tokens == (token,)


def test_digests_are_the_same_for_the_same_person_and_hold_no_token() -> None:
    subject = subject_of("ada", RING)
    assert subject.digests == subject_of("ada", RING).digests
    assert not any(token.encode() in digest for token in subject.tokens for digest in subject.digests)


@pytest.mark.parametrize("table", PERSON_TABLES, ids=lambda table: str(table.name))
def test_the_condition_holds_tokens_and_no_raw_id(store: Store, table: object) -> None:
    (found,) = [t for t in PERSON_TABLES if t is table]
    condition = rows_about(found, subject_of("o'neill", RING, "school-a"))
    assert "neill" not in condition
    store.select(f"SELECT count() FROM eduscope.{found.name} WHERE {condition}")


@pytest.mark.parametrize(
    "subject", [Subject(("ada",)), Subject(()), Subject((RING.token("ada"),), "x' OR '1'='1")], ids=str
)
def test_nothing_but_tokens_and_a_tenant_becomes_sql(subject: Subject) -> None:
    with pytest.raises(ValueError, match=r"subject|tenant"):
        rows_about(PERSON_TABLES[0], subject)


def test_every_table_is_known_to_erasure(store: Store) -> None:
    rows = store.select(
        "SELECT name FROM system.tables WHERE database = 'eduscope' AND engine LIKE '%MergeTree'"
    )
    assert {row["name"] for row in rows} == {t.name for t in PERSON_TABLES} | IMPERSONAL_TABLES
