"""What may stand after the colon: reads a `field:value` token into a condition on that field."""

import math
import re
from datetime import UTC, datetime

from eduscope_server.query.errors import QueryError
from eduscope_server.query.expression import (
    All,
    AnyOf,
    Attribute,
    Column,
    Compare,
    Expression,
    Is,
    Operator,
    Present,
    StartsWith,
    Target,
)
from eduscope_server.query.fields import LEVEL_SYNONYMS, LEVELS, Schema
from eduscope_server.query.times import read_instant
from eduscope_server.query.tokens import Token

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?")
_OPERATORS: dict[str, Operator] = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
_ORDERED_KINDS = frozenset({"number", "time", "level"})


def condition(token: Token, schema: Schema) -> Expression:
    """The condition a `field:value` token states. Raises `QueryError` where the value is unfit."""
    target = schema.target(token.field)
    if token.prefix and not token.text and not token.operator:
        return Present(target)
    if not token.quoted and "*" in token.text:
        raise QueryError(
            "a * can only stand at the end of a value",
            position=token.value_position + token.text.index("*"),
            hint=f'to look for the star itself, write {token.field}:"{token.text}"',
        )
    if token.operator:
        return _comparison(token, target)
    if not token.quoted and not token.prefix and ".." in token.text:
        found = _range(token, target)
        if found is not None:
            return found
    if token.prefix:
        return _prefix(token, target)
    if isinstance(target, Column) and target.name in schema.choices:
        _check_choice(token, schema.choices[target.name])
    return _equality(token, target)


def _comparison(token: Token, target: Target) -> Expression:
    operator = _OPERATORS[token.operator]
    if token.prefix:
        raise QueryError(
            f"{token.operator} needs a whole value, without a *",
            position=token.value_position,
            hint=f"write {token.field}:{token.operator}500",
        )
    if target.kind in {"text", "list"}:
        raise QueryError(
            f"{token.field} is text; {token.operator} compares numbers, times and levels",
            position=token.position,
            hint=f"write {token.field}:value, or {token.field}:start* for a prefix",
        )
    return Compare(target, operator, _ordered(token, target, token.text))


def _range(token: Token, target: Target) -> Expression | None:
    """`a..b`, `a..` or `..b`, ends included; None where the field's values are text that may hold dots."""
    low, _, high = token.text.partition("..")
    if target.kind == "undeclared":
        ends = [end for end in (low, high) if end]
        if not ends or not all(_NUMBER.fullmatch(end) for end in ends):
            return None
    elif target.kind not in _ORDERED_KINDS:
        return None
    if not low and not high:
        raise QueryError(
            "this range has no ends",
            position=token.value_position,
            hint=f"write {token.field}:100..500, {token.field}:100.. or {token.field}:..500",
        )
    parts: list[Expression] = []
    if low:
        parts.append(Compare(target, ">=", _ordered(token, target, low)))
    if high:
        parts.append(Compare(target, "<=", _ordered(token, target, high)))
    return All(tuple(parts)) if len(parts) > 1 else parts[0]


def _prefix(token: Token, target: Target) -> Expression:
    if target.kind in _ORDERED_KINDS:
        raise QueryError(
            f"{token.field} is a {target.kind}; a * finds the starts of text only",
            position=token.value_position,
            hint=f"write a range, {token.field}:low..high, or {token.field}:* for any value",
        )
    return StartsWith(target, token.text)


def _equality(token: Token, target: Target) -> Expression:
    if target.kind in _ORDERED_KINDS:
        return Compare(target, "=", _ordered(token, target, token.text))
    text = Is(target, token.text)
    if target.kind == "undeclared" and (number := _finite(token.text)) is not None:
        return AnyOf((text, Compare(Attribute(target.key, "number"), "=", number)))
    return text


def _ordered(token: Token, target: Target, text: str) -> float | datetime:
    """The value as a thing that has an order: a level's place, a time or a number."""
    if target.kind == "level":
        return _level(token, text)
    if target.kind == "time":
        instant = read_instant(text)
        if instant is None:
            raise QueryError(
                f"{text!r} is not a time",
                position=token.value_position,
                hint=f"write {token.field}:>=2026-01-31T08:00:00Z",
            )
        return instant.astimezone(UTC)
    number = _finite(text)
    if number is None:
        raise QueryError(
            f"{token.field} is a number; {text!r} is not",
            position=token.value_position,
            hint=_number_hint(token.field, text),
        )
    return number


def _level(token: Token, text: str) -> int:
    name = text.lower()
    place = LEVELS.get(LEVEL_SYNONYMS.get(name, name))
    if place is None:
        raise QueryError(
            f"there is no level {text!r}",
            position=token.value_position,
            hint=f"the levels are {', '.join(LEVELS)}; {token.field}:>=warning finds that and worse",
        )
    return place


def _check_choice(token: Token, choices: tuple[str, ...]) -> None:
    if token.text not in choices:
        raise QueryError(
            f"{token.field} is never {token.text!r}",
            position=token.value_position,
            hint=f"it is one of {', '.join(choices)}",
        )


def _finite(text: str) -> float | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def _number_hint(field: str, text: str) -> str:
    if field.endswith("_ms") and re.fullmatch(r"[\d.]+\s*(ms|s|m)", text):
        return f"{field} is in milliseconds: write the bare number, like {field}:>2000"
    return f"write {field}:500, {field}:>500 or {field}:100..500"
