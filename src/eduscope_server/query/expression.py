"""A search query as a typed tree: what the parser makes and the SQL compiler takes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Operator = Literal["=", "<", "<=", ">", ">="]
ColumnKind = Literal["text", "list", "number", "time", "level"]
AttributeKind = Literal["text", "number", "undeclared"]


@dataclass(frozen=True, slots=True)
class Column:
    """A field with a column of its own."""

    name: str
    kind: ColumnKind


@dataclass(frozen=True, slots=True)
class Attribute:
    """A field kept in the record's maps: text in `attributes`, numbers in `measures`, undeclared in both."""

    key: str
    kind: AttributeKind


Target = Column | Attribute


@dataclass(frozen=True, slots=True)
class Words:
    """The text has each of these words, whole, in any order. Words are in lower case."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordPrefix:
    """The text has a word that starts so. In lower case."""

    prefix: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """The text has exactly this, in any case."""

    text: str


@dataclass(frozen=True, slots=True)
class Is:
    """The field is exactly this text."""

    target: Target
    value: str


@dataclass(frozen=True, slots=True)
class StartsWith:
    """The field starts with this text."""

    target: Target
    prefix: str


@dataclass(frozen=True, slots=True)
class Present:
    """The field has a value."""

    target: Target


@dataclass(frozen=True, slots=True)
class Compare:
    """The field stands so to a number, a time or a level (its place from debug = 1 to critical = 5)."""

    target: Target
    operator: Operator
    value: float | datetime


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold. A field that is absent does not hold, so its negation does."""

    part: "Expression"


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; with no parts, always."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple["Expression", ...]


Expression = Words | WordPrefix | Phrase | Is | StartsWith | Present | Compare | Not | All | AnyOf

EVERYTHING = All(())
"""The empty query: every record matches."""
