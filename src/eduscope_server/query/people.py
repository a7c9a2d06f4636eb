"""A person over several epochs of keys: a question that names one token asks for all of the same person."""

from collections.abc import Mapping
from dataclasses import replace

from eduscope.privacy import is_token
from eduscope_server.query.expression import All, AnyOf, Column, Expression, Is, Not
from eduscope_server.query.question import Question


def people_in(expression: Expression) -> frozenset[str]:
    """The tokens that a question names as a record's person."""
    match expression:
        case Is(Column("user_id"), value) if is_token(value):
            return frozenset({value})
        case All(parts) | AnyOf(parts):
            return frozenset().union(*map(people_in, parts))
        case Not(part):
            return people_in(part)
        case _:
            return frozenset()


def with_all_epochs(question: Question, tokens: Mapping[str, tuple[str, ...]]) -> Question:
    """The same question about people, whichever of their tokens a record has; `tokens` has all for each it names."""
    return replace(question, expression=_widened(question.expression, tokens))


def _widened(expression: Expression, tokens: Mapping[str, tuple[str, ...]]) -> Expression:
    match expression:
        case Is(Column("user_id") as target, value) if len(tokens.get(value, ())) > 1:
            return AnyOf(tuple(Is(target, token) for token in tokens[value]))
        case All(parts):
            return All(tuple(_widened(part, tokens) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_widened(part, tokens) for part in parts))
        case Not(part):
            return Not(_widened(part, tokens))
        case _:
            return expression
