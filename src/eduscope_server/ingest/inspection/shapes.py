"""What lines have in common, looked up once: which fields they have, and what stands at their head."""

import re
from operator import itemgetter
from typing import Any, NamedTuple

from eduscope.contract import LOG_FIELDS
from eduscope_server.ingest.inspection.fields import (
    HEADINGS_MAX,
    KNOWN_CHARACTERS_MAX,
    Plan,
    as_json,
    heading,
    plans,
)
from eduscope_server.ingest.inspection.times import USUAL_TIME

SHAPES_MAX = 1024
SHAPE_FIELDS_MAX = 100
SHAPE_CHARACTERS_MAX = 4000
"""A sender that invents keys must not grow this process."""

COLUMNS = frozenset(f.name for f in LOG_FIELDS)
HEADING = ("log_level", "service_name", "tenant_id", "environment", "release")
_IDS = ("timestamp", "correlation_id", "request_id", "trace_id", "span_id")
_DRAWN = "(?:[0-9a-f]{8}(?:[0-9a-f]{24}|-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}))?"
# A span's id of digits alone may be a card.
are_drawn_ids = re.compile(
    f"{USUAL_TIME} {_DRAWN} {_DRAWN} (?:[0-9a-f]{{32}})? (?:(?=[0-9]*[a-f])[0-9a-f]{{16}})?"
).fullmatch
"""A time, a correlation's, a request's, a trace's and a span's id. None has a space, so each stands in its place."""


class Shape:
    """Where the values of lines stand that have the same fields in the same order.

    Behind a line's own values it expects two for the columns that it lacks: an empty text, and none.
    """

    __slots__ = ("attributes", "heading", "ids", "rest")

    def __init__(self, keys: tuple[str, ...]) -> None:
        at = {key: n for n, key in enumerate(keys)}
        empty, none = len(keys), len(keys) + 1
        self.ids = itemgetter(*(at.get(key, empty) for key in _IDS))
        self.heading = itemgetter(*(at.get(key, empty) for key in HEADING))
        self.rest = itemgetter(
            at.get("user_id", empty), at.get("message", empty), at.get("duration_ms", none)
        )
        self.attributes: list[tuple[int, Plan]] = [(n, plans[k]) for k, n in at.items() if k not in COLUMNS]


class _Shapes(dict[tuple[str, ...], Shape | None]):
    """Shapes by fields, made on first sight; None where two fields are kept under one name, or too many are there."""

    def __missing__(self, keys: tuple[str, ...]) -> Shape | None:
        if len(keys) > SHAPE_FIELDS_MAX or sum(map(len, keys)) > SHAPE_CHARACTERS_MAX:
            return None
        shape = Shape(keys)
        are_distinct = len({plan.key for _, plan in shape.attributes}) == len(shape.attributes)
        if len(self) >= SHAPES_MAX:
            self.clear()
        found = self[keys] = shape if are_distinct else None
        return found


class Head(NamedTuple):
    """What stands at the head of the lines of one service."""

    written: str
    """Level, service, environment and release as JSON, without braces; empty where one of them is no text."""
    tenant: str
    """As JSON."""
    tenant_id: str
    """As the line says it."""


_NO_HEAD = Head("", "", "")


class _Heads(dict[tuple[str, ...], Head]):
    """Heads by the words of the lines, made on first sight."""

    def __missing__(self, words: tuple[Any, ...]) -> Head:
        if any(word.__class__ is not str for word in words):
            return _NO_HEAD
        level, service, tenant, environment, release = heading(words)
        written = {
            "log_level": level,
            "service_name": service,
            "environment": environment,
            "release": release,
        }
        made = Head(as_json(written)[1:-1], as_json(tenant), words[HEADING.index("tenant_id")])
        if sum(map(len, words)) <= KNOWN_CHARACTERS_MAX:
            if len(self) >= HEADINGS_MAX:
                self.clear()
            self[words] = made
        return made


class Memory:
    """Shapes and heads, as the plans of one generation make them."""

    def __init__(self, generation: int) -> None:
        self.generation = generation
        self.shapes, self.heads = _Shapes(), _Heads()


class _Current:
    memory = Memory(-1)


def memory() -> Memory:
    """What is known under the plans of now."""
    if _Current.memory.generation != plans.generation:
        _Current.memory = Memory(plans.generation)
    return _Current.memory
