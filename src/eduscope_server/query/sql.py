"""Compiles a typed search expression into a ClickHouse condition.

Nothing of the query's own text reaches the statement: values and attribute keys are bound server-side
(`{p0:String}`), column names come from the contract. Every condition is 0 or 1, never NULL, so that a
negation finds exactly the rest.
"""

from datetime import UTC, datetime

from eduscope_server.query import words
from eduscope_server.query.expression import (
    All,
    AnyOf,
    Attribute,
    Column,
    Compare,
    Expression,
    Is,
    Not,
    Phrase,
    Present,
    StartsWith,
    Target,
    WordPrefix,
    Words,
)
from eduscope_server.query.fields import Schema
from eduscope_server.query.scope import Scope
from eduscope_server.query.times import Window

TIME = "DateTime64(6, 'UTC')"

# What words and phrases are looked for in. The logs' is, letter for letter, what their text index is built on.
_TEXTS = {"logs": "lower(message)", "spans": "lower(concat(name, ' ', status_message))"}


class Condition:
    """A condition being built: its parts joined by AND, and the parameters they bind."""

    def __init__(self, schema: Schema, *, names: str = "p") -> None:
        """`names` starts the names of its parameters: conditions of one statement need different ones."""
        self.parameters: dict[str, object] = {}
        self._names = names
        self._text = _TEXTS[schema.table]
        self._parts: list[str] = []

    @property
    def sql(self) -> str:
        """The condition as text for a WHERE clause."""
        return " AND ".join(self._parts) or "1"

    def within(self, window: Window) -> "Condition":
        """Only records of the window."""
        start, end = self._bind(window.start, TIME), self._bind(window.end, TIME)
        return self.add(f"timestamp >= {start} AND timestamp < {end}")

    def seen_by(self, scope: Scope) -> "Condition":
        """Only records the scope may see."""
        if scope.tenants is None:
            return self
        return self.add(f"tenant_id IN {self._bind(list(scope.tenants), 'Array(String)')}")

    def received_since(self, instant: datetime) -> "Condition":
        """Only records that came in at this time or after it."""
        return self.add(f"received_at >= {self._bind(instant, TIME)}")

    def bearing(self, record_id: str) -> "Condition":
        """Only records that bear the id as their correlation, trace or request id."""
        place = self._bind(record_id, "String")
        return self.add(f"(correlation_id = {place} OR trace_id = {place} OR request_id = {place})")

    def of_tenant(self, tenant: str) -> "Condition":
        """Only records of this tenant; of any where it is empty."""
        return self.add(f"tenant_id = {self._bind(tenant, 'String')}") if tenant else self

    def matching(self, expression: Expression) -> "Condition":
        """Only records the expression holds for."""
        parts = expression.parts if isinstance(expression, All) else (expression,)
        for part in parts:
            self.add(self._compile(part))
        return self

    def at(self, instant: datetime) -> "Condition":
        """Only records of this microsecond."""
        return self.add(f"timestamp = {self._bind(instant, TIME)}")

    def before_trace(self, newest: datetime, trace_id: str) -> "Condition":
        """Only traces that come after this place, in a list with the newest first."""
        place = f"({self._bind(newest, TIME)}, {self._bind(trace_id, 'String')})"
        return self.add(f"(newest, trace_id) < {place}")

    def join(self, other: "Condition") -> "Condition":
        """Only records for which the other condition holds too. Its parameters must have other names."""
        self.parameters |= other.parameters
        return self.add(other.sql)

    def add(self, sql: str) -> "Condition":
        """Only records for which this piece of a statement, written by us, holds."""
        self._parts.append(sql)
        return self

    def _bind(self, value: object, type_: str) -> str:
        name = f"{self._names}{len(self.parameters)}"
        if isinstance(value, datetime):
            value = value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        self.parameters[name] = value
        return f"{{{name}:{type_}}}"

    def _compile(self, expression: Expression) -> str:
        match expression:
            case All(parts):
                return f"({' AND '.join(map(self._compile, parts))})" if parts else "1"
            case AnyOf(parts):
                return f"({' OR '.join(map(self._compile, parts))})"
            case Not(part):
                return f"NOT ({self._compile(part)})"
            case Words(found):
                return self._has_words(found)
            case WordPrefix(prefix):
                pattern = self._bind(words.BOUNDARY + prefix, "String")
                return f"match({self._text}, {pattern})"
            case Phrase(text):
                return self._has_phrase(text)
            case Is(target, value):
                return self._is(target, value)
            case StartsWith(target, prefix):
                return self._starts_with(target, prefix)
            case Present(target):
                return self._present(target)
            case Compare(target, operator, value):
                return self._compare(target, operator, value)

    def _has_words(self, found: tuple[str, ...]) -> str:
        return f"hasAllTokens({self._text}, {self._bind(list(found), 'Array(String)')})"

    def _has_phrase(self, text: str) -> str:
        phrase = self._bind(words.lower(text), "String")
        exact = f"position({self._text}, {phrase}) > 0"
        # The words inside a phrase must stand whole, so the text index can rule out most of the table.
        whole = words.inner(text)
        return f"({self._has_words(whole)} AND {exact})" if whole else f"({exact})"

    def _is(self, target: Target, value: str) -> str:
        if isinstance(target, Column):
            if target.kind == "list":
                return f"has({target.name}, {self._bind(value, 'String')})"
            return f"{target.name} = {self._bind(value, 'String')}"
        return f"attributes[{self._bind(target.key, 'String')}] = {self._bind(value, 'String')}"

    def _starts_with(self, target: Target, prefix: str) -> str:
        if isinstance(target, Column):
            if target.kind == "list":
                return f"arrayExists(mark -> startsWith(mark, {self._bind(prefix, 'String')}), {target.name})"
            return f"startsWith({target.name}, {self._bind(prefix, 'String')})"
        # An absent attribute reads as '', which starts with '' only: presence is asked for elsewhere.
        return f"startsWith(attributes[{self._bind(target.key, 'String')}], {self._bind(prefix, 'String')})"

    def _present(self, target: Target) -> str:
        if isinstance(target, Attribute):
            key = self._bind(target.key, "String")
            in_texts = f"attributes[{key}] != ''"
            in_measures = f"mapContains(measures, {key})"
            return f"({in_texts} OR {in_measures})"
        match target.kind:
            case "number":
                return f"isNotNull({target.name})"
            case "list":
                return f"notEmpty({target.name})"
            case "text":
                return f"{target.name} != ''"
            case _:
                return "1"

    def _compare(self, target: Target, operator: str, value: float | datetime) -> str:
        if isinstance(target, Attribute):
            key = self._bind(target.key, "String")
            number = self._bind(value, "Float64")
            return f"(mapContains(measures, {key}) AND measures[{key}] {operator} {number})"
        if target.kind == "level":
            return f"toInt8({target.name}) {operator} {self._bind(value, 'Int8')}"
        if target.kind == "time":
            return f"{target.name} {operator} {self._bind(value, TIME)}"
        return f"ifNull({target.name} {operator} {self._bind(value, 'Float64')}, 0)"
