"""A question that names one token of a person asks for all of them."""

from datetime import UTC, datetime

import pytest

from eduscope.privacy import KeyRing
from eduscope_server.query.expression import AnyOf, Column, Is, Not
from eduscope_server.query.fields import LOGS
from eduscope_server.query.people import people_in, with_all_epochs
from eduscope_server.query.question import Question, ask
from eduscope_server.query.scope import EVERY_TENANT
from eduscope_server.query.times import read_window

RING = KeyRing([("k2", b"2" * 32), ("k1", b"1" * 32)])
NEW, OLD = RING.tokens("ada")
USER = Column("user_id", "text")
BOTH = AnyOf((Is(USER, OLD), Is(USER, NEW)))


def question(query: str) -> Question:
    window = read_window("-1h", None, now=datetime(2026, 11, 23, tzinfo=UTC))
    return ask(LOGS, window=window, scope=EVERY_TENANT, query=query)


@pytest.mark.parametrize(
    "query", [f"user_id:{OLD}", f"level:error user:{OLD}", f"(a OR user:{OLD}) b", f"-user:{OLD}"]
)
def test_it_is_asked_for_wherever_it_stands(query: str) -> None:
    asked = question(query)
    assert people_in(asked.expression) == {OLD}
    widened = with_all_epochs(asked, {OLD: (OLD, NEW)})
    assert people_in(widened.expression) == {OLD, NEW}
    bound = list(widened.condition().parameters.values())
    assert OLD in bound
    assert NEW in bound


def test_a_negation_leaves_all_of_a_person_out() -> None:
    assert with_all_epochs(question(f"-user:{OLD}"), {OLD: (OLD, NEW)}).expression == Not(BOTH)


@pytest.mark.parametrize(
    "query", ["user:ada", f'"{OLD}"', f"client.user:{OLD}", f"user:{OLD[:20]}*", "user:*"]
)
def test_what_names_no_person_stays(query: str) -> None:
    asked = question(query)
    assert people_in(asked.expression) == frozenset()
    assert with_all_epochs(asked, {}) == asked
