"""What a reader asks of one kind of record: which records, of which time, as seen by whom."""

from dataclasses import dataclass, replace

from eduscope_server.query.errors import ParameterError, QueryError
from eduscope_server.query.expression import EVERYTHING, All, Column, Expression, Is
from eduscope_server.query.fields import Schema
from eduscope_server.query.language import parse
from eduscope_server.query.scope import Scope
from eduscope_server.query.sql import Condition
from eduscope_server.query.times import Window
from eduscope_server.query.tokens import Token
from eduscope_server.query.values import condition

_IDS = frozenset({"correlation_id", "request_id", "trace_id", "span_id"})


@dataclass(frozen=True, slots=True)
class Question:
    """A question about the records of `schema`."""

    schema: Schema
    window: Window
    scope: Scope
    expression: Expression = EVERYTHING

    def of(self, window: Window) -> "Question":
        """The same question about another time."""
        return replace(self, window=window)

    def also(self, part: Expression) -> "Question":
        """The same question, narrowed further."""
        return replace(self, expression=All((part, self.expression)))

    def condition(self, *, names: str = "p") -> Condition:
        """The question as the condition of a statement; `names` starts the names of its parameters."""
        return (
            Condition(self.schema, names=names)
            .within(self.window)
            .seen_by(self.scope)
            .matching(self.expression)
        )

    def is_for_one_id(self) -> bool:
        """Whether the records asked for all bear one id, so that an index finds them in any time."""
        parts = self.expression.parts if isinstance(self.expression, All) else (self.expression,)
        return any(
            isinstance(part, Is) and isinstance(part.target, Column) and part.target.name in _IDS
            for part in parts
        )


def ask(
    schema: Schema, *, window: Window, scope: Scope, query: str = "", fields: dict[str, str] | None = None
) -> Question:
    """A question from what a reader typed: the search query, and fields that must be just so.

    Raises `QueryError` for the query and `ParameterError` for a field's value.
    """
    parts = [_exactly(name, value, schema) for name, value in (fields or {}).items() if value]
    expression = parse(query, schema)
    if parts:
        expression = All((*parts, *(expression.parts if isinstance(expression, All) else (expression,))))
    return Question(schema=schema, window=window, scope=scope, expression=expression)


def _exactly(name: str, value: str, schema: Schema) -> Expression:
    """The condition of a parameter such as `level=error`."""
    try:
        return condition(Token("field", 0, value, field=name, quoted=True), schema)
    except QueryError as error:
        raise ParameterError(name, f"is {value[:40]!r}: {error.message}", hint=error.hint) from error
