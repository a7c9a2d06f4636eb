"""What was found, by kind and field, with the first places; never a value."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

PLACES_MAX = 3
DISTINCT_MAX = 2_000
"""Kinds and fields told apart; a producer that invents names must not grow the report."""
OTHERS = "(other fields)"

UNREADABLE = "unreadable"
MISSING = "missing"
SHAPE = "shape"
UNDECLARED = "undeclared"
NOT_A_TOKEN = "not_a_token"  # noqa: S105 - the name of a kind
IN_CLEAR = "in_clear"
ODD_NAME = "odd_name"

_SAYS = {
    UNREADABLE: "not a JSON object in UTF-8 on a line of its own",
    MISSING: 'a mandatory field is absent; write it, as "" or null where it has no value',
    SHAPE: "not of the shape that the contract gives the field",
    UNDECLARED: "nobody declared it, so its texts are stored as tokens; declare it, or take it out",
    ODD_NAME: "no program's word for a field; the platform keeps a code in its place",
    NOT_A_TOKEN: "names a person in clear; write the token that the SDK makes",
    IN_CLEAR: "must not leave a process as it is; the SDK writes a marker or a partly hashed address",
}


class Place(NamedTuple):
    """Where something stands."""

    source: str
    line: int


class Violations(msgspec.Struct):
    """One kind of violation in one field. `kind` in capitals is a type of personal data, such as EMAIL."""

    kind: str
    field: str
    says: str
    count: int = 0
    first: list[Place] = []


class Tally:
    """Counts violations."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Violations] = {}
        self.total = 0
        self.new: list[Violations] = []
        """Those met for the first time since somebody emptied this."""

    def add(self, kind: str, field: str, place: Place) -> None:
        """Counts one."""
        found = self._found.get((kind, field))
        if found is None:
            found = self._begin(kind, field if len(self._found) < DISTINCT_MAX else OTHERS)
        found.count += 1
        self.total += 1
        if len(found.first) < PLACES_MAX:
            found.first.append(place)

    def __iter__(self) -> Iterator[Violations]:
        """The worst first: personal data, then the rest, each by count."""
        return iter(
            sorted(self._found.values(), key=lambda v: (not v.kind.isupper(), -v.count, v.kind, v.field))
        )

    def _begin(self, kind: str, field: str) -> Violations:
        says = _SAYS.get(kind, "personal data or a secret; log an id or a token instead")
        found = self._found.get((kind, field))
        if found is None:
            found = self._found[(kind, field)] = Violations(kind, field, says)
            self.new.append(found)
        return found
