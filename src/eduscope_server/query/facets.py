"""Reads which fields the records have, and the values people most likely look for: help while searching."""

import asyncio

import msgspec

from eduscope.contract import ATTRIBUTES, FieldClass, attributes, field
from eduscope_server.query.question import Question
from eduscope_server.query.statement import statement
from eduscope_server.store import Store

SAMPLE = 10_000
"""The newest records stand for the rest: enough for every frequent value. Above this many the engine no longer
reads the wide columns of the chosen rows alone, and takes five times as long."""
VALUES = 10
MAX_VALUE_CHARACTERS = 200

_LISTED = frozenset({FieldClass.LABEL, FieldClass.PATH})
"""Classes with few values: worth listing."""
_CODES = [f.name for f in ATTRIBUTES if f.name.endswith("status_code")]
"""Numbers that are names of a kind: worth listing by value."""


class FacetValue(msgspec.Struct, frozen=True):
    """A value, and how many records of the sample have it."""

    value: str
    count: int


class Facet(msgspec.Struct, frozen=True):
    """A field one can search by. Numbers come without values: ask for a range."""

    name: str
    field_class: str = msgspec.field(name="class")
    description: str
    values: list[FacetValue]


async def read_facets(store: Store, question: Question) -> list[Facet]:
    """The fields of the newest records that match, the most useful first, with their frequent values."""
    condition = question.condition()
    parameters = condition.parameters | {"sample": SAMPLE}
    texts = [f.name for f in attributes() if f.field_class in _LISTED]
    listed = {"texts": texts, "codes": _CODES, "values": VALUES}
    value_rows, measure_rows = await asyncio.gather(
        store.fetch(statement("facets.sql", "values", condition=condition), parameters | listed),
        store.fetch(statement("facets.sql", "measures", condition=condition), parameters),
    )
    values: dict[str, list[FacetValue]] = {}
    for row in value_rows:
        values.setdefault(row["field"], []).append(
            FacetValue(row["value"][:MAX_VALUE_CHARACTERS], row["records"])
        )
    names = list(values) + [row["field"] for row in measure_rows if row["field"] not in values]
    return [_facet(name, values.get(name, [])) for name in names]


def _facet(name: str, values: list[FacetValue]) -> Facet:
    declared = field(name)
    if declared is None:
        return Facet(name, "undeclared", "", values)
    return Facet(name, declared.field_class.value, declared.description, values)
