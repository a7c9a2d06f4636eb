"""Lines against the contract.

The strict profile is too dear for every text of every line: the gate looks at the raw bytes of many lines at once,
as it does at the platform's doors, and only the lines that it points at are looked into.
"""

from bisect import bisect_right
from collections.abc import Iterable
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

import msgspec

from eduscope.contract import MANDATORY
from eduscope.privacy import GateUnavailable, find, gate_patterns
from eduscope.privacy.gate import Scanner
from eduscope_server.checking.fields import UNNAMED, Checks, FieldCheck, text_of
from eduscope_server.checking.tally import MISSING, UNREADABLE, Place, Tally

SHAPES_MAX = 1024
_read = msgspec.json.Decoder(dict[str, Any]).decode
_NUMBERS = frozenset({int, float, bool})
_BEYOND_BYTES = 8
"""A pattern may take a few bytes behind its value: a match so near a line's beginning may be of the line before."""


@cache
def _scanner() -> Scanner | None:
    """None where there is no Hyperscan: then every line is looked into."""
    try:
        return Scanner.compile(gate_patterns())
    except GateUnavailable:
        return None


class _Shape(NamedTuple):
    """What lines with the same names have in common."""

    checks: list[FieldCheck]
    missing: list[tuple[str, str]]


class _Shapes(dict[tuple[str, ...], _Shape]):
    """Shapes by their names, in order: a program writes few, so most lines cost one look-up."""

    def __init__(self) -> None:
        super().__init__()
        self._checks = Checks()

    def __missing__(self, names: tuple[str, ...]) -> _Shape:
        if len(self) >= SHAPES_MAX:
            self.clear()
        missing = [(MISSING, name) for name in MANDATORY if name not in names]
        made = self[names] = _Shape([self._checks[name] for name in names], missing)
        return made


class Checker:
    """Checks lines and counts what is wrong with them."""

    def __init__(self) -> None:
        """The first one of a process compiles the gate, which takes a second."""
        self.tally = Tally()
        self.lines = 0
        self.bytes = 0
        self._shapes = _Shapes()
        self._scanner = _scanner()

    def check(self, source: str, lines: list[bytes], *, first_line: int = 1) -> None:
        """Checks some lines of a source. Blank ones are passed over."""
        suspects = self._suspects(lines)
        self.bytes += sum(map(len, lines)) + len(lines)
        for at, line in enumerate(lines):
            if not line or line.isspace():
                continue
            self.lines += 1
            try:
                read = _read(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                self.tally.add(UNREADABLE, "", Place(source, first_line + at))
                continue
            for kind, field in self._wrong(read):
                self.tally.add(kind, field, Place(source, first_line + at))
            if at in suspects:
                self._look_into(read, Place(source, first_line + at))

    def _wrong(self, line: dict[str, Any]) -> list[tuple[str, str]]:
        """The kinds of violation of a line's fields, each with the field's name. This is where the time goes."""
        shape = self._shapes[tuple(line)]
        found = list(shape.missing) if shape.missing else []
        for check, value in zip(shape.checks, line.values(), strict=True):
            if value.__class__ is str:
                kind = check.known.get(value)
                if kind is None:
                    kind = check.learn(value)
            elif value.__class__ in _NUMBERS and check.numbers:
                continue
            else:
                kind = check.other(value)
            if kind:
                found.append((kind, check.shown))
        return found

    def _look_into(self, line: dict[str, Any], place: Place) -> None:
        for check, (name, value) in zip(self._shapes[tuple(line)].checks, line.items(), strict=True):
            if check.shown == UNNAMED:
                self._count({span.type for span in find(name, "message")}, check.shown, place)
            if check.scanned and isinstance(value, str | list | dict):
                self._count(check.personal(text_of(value)), check.shown, place)

    def _count(self, types: Iterable[str], field: str, place: Place) -> None:
        for kind in types:
            self.tally.add(kind, field, place)

    def _suspects(self, lines: list[bytes]) -> set[int] | range:
        """The places of the lines that may hold personal data."""
        if self._scanner is None:
            return range(len(lines))
        ends = list(accumulate(len(line) + 1 for line in lines))
        found: set[int] = set()
        for end, _ in self._scanner.matches(b"\n".join(lines)):
            at = bisect_right(ends, end - 1)
            found.add(at)
            if at and end - ends[at - 1] <= _BEYOND_BYTES:
                found.add(at - 1)
        return found
