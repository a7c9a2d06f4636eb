"""What lines have in common, looked up once: which fields they have, and what stands at their head."""

from itertools import product
from operator import itemgetter
from typing import Any, NamedTuple

from eduscope.contract import LOG_FIELDS
from eduscope_server.ingest.inspection.fields import (
    HEADINGS_MAX,
    KNOWN_CHARACTERS_MAX,
    as_json,
    heading,
    plans,
)

SHAPES_MAX = 1024
SHAPE_FIELDS_MAX = 100
SHAPE_CHARACTERS_MAX = 4000
"""A sender that invents keys must not grow this process."""

COLUMNS = frozenset(f.name for f in LOG_FIELDS)
HEADING = ("log_level", "service_name", "tenant_id", "environment", "release")
OWN = (
    *("timestamp", "correlation_id", "request_id", "trace_id", "span_id"),
    *("user_id", "message", "duration_ms"),
)
_ALIKE = bytes.maketrans(b"123456789abcdef", b"0" * 15)
_HEX_32, _UUID = "0" * 32, "00000000-0000-0000-0000-000000000000"
_DRAWN_FORMS = frozenset(
    " ".join(ids).encode()
    for ids in product(("", _HEX_32, _UUID), ("", _HEX_32, _UUID), ("", _HEX_32), ("", "0" * 16))
)


def are_drawn(ids: str) -> bool:
    """Whether these are a correlation's, a request's, a trace's and a span's id as programs draw them.

    None of them has a space, so each stands in its place. One look-up takes half as long as a pattern.
    """
    is_card = ids[-16:].isdigit()  # a span's id of digits alone may be one
    return not is_card and ids.encode("ascii", "replace").translate(_ALIKE) in _DRAWN_FORMS


class Shape:
    """Where the values of lines stand that have the same fields in the same order.

    Behind a line's own values it expects two for the columns that it lacks: an empty text, and none.
    """

    __slots__ = ("heading", "own", "places", "plans")

    def __init__(self, keys: tuple[str, ...]) -> None:
        at = {key: n for n, key in enumerate(keys)}
        absent = len(keys)
        self.own = itemgetter(*(at.get(key, absent + (key == "duration_ms")) for key in OWN))
        self.heading = itemgetter(*(at.get(key, absent) for key in HEADING))
        self.places = tuple(n for key, n in at.items() if key not in COLUMNS)
        self.plans = tuple(plans[keys[n]] for n in self.places)


class _Shapes(dict[tuple[str, ...], Shape | None]):
    """Shapes by fields, made on second sight: who writes fields in any order writes few orders twice.

    None on first sight, and where a line has too many fields.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[int] = set()

    def __missing__(self, keys: tuple[str, ...]) -> Shape | None:
        if len(keys) > SHAPE_FIELDS_MAX or sum(map(len, keys)) > SHAPE_CHARACTERS_MAX:
            return None
        if hash(keys) not in self._seen:
            if len(self._seen) >= SHAPES_MAX:
                self._seen.clear()
            self._seen.add(hash(keys))
            return None
        if len(self) >= SHAPES_MAX:
            self.clear()
        shape = self[keys] = Shape(keys)
        return shape


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
