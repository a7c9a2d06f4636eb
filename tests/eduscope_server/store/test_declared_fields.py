"""What is declared while the platform runs holds for the engine's views too."""

from collections.abc import Iterator

import pytest
from tests.otlp import log_request

from eduscope import contract
from eduscope_server.store import NotPlain, Store

BLOCK = log_request({"course.colour": "red"})


@pytest.fixture(autouse=True)
def only_what_ships(store: Store) -> Iterator[None]:
    """Leaves nothing declared behind."""
    yield
    for field in contract.declared_here():
        contract.withdraw(field.name)
    store.follow_contract()


def colours(store: Store) -> set[str]:
    rows = store.select("SELECT DISTINCT attributes['course.colour'] AS colour FROM eduscope.logs")
    return {row["colour"] for row in rows}


def test_the_views_follow(clean_store: Store) -> None:
    with pytest.raises(NotPlain):
        clean_store.insert("otlp_logs_plain", BLOCK)
    contract.declare("course.colour", "label")
    clean_store.follow_contract()
    clean_store.insert("otlp_logs_plain", BLOCK)
    clean_store.insert("otlp_logs", BLOCK)
    assert colours(clean_store) == {"red"}


def test_a_withdrawn_field_is_tokenised_again(clean_store: Store) -> None:
    contract.declare("course.colour", "label")
    clean_store.follow_contract()
    contract.withdraw("course.colour")
    clean_store.follow_contract()
    clean_store.insert("otlp_logs", BLOCK)
    (colour,) = colours(clean_store)
    assert colour.startswith("und_k1_")


def test_a_field_may_be_declared_as_learners_text(clean_store: Store) -> None:
    contract.declare("course.colour", "prose")
    clean_store.follow_contract()
    clean_store.insert("otlp_logs", BLOCK)
    assert colours(clean_store) == {"[withheld:prose]"}
