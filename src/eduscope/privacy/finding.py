"""Find and redact personal data and secrets in text."""

import re
from functools import cache
from typing import Literal, NamedTuple

from eduscope.privacy import detectors
from eduscope.privacy.detector import Detector, Span
from eduscope.privacy.marker import WITHHELD, marker
from eduscope.privacy.signs import Sign, any_sign

Profile = Literal["message", "prose"]

_MAX_PASSES = 8
"""A marker can bare a neighbour to a detector's guards; real text settles in the second pass."""


class _Group(NamedTuple):
    """Detectors with the same signs, and their ranks: the signs are looked for once."""

    signs: re.Pattern[str]
    ranked: tuple[tuple[int, Detector], ...]


class _Plan(NamedTuple):
    """All detectors of a profile: their types by rank, their groups, and the signs of all."""

    types: tuple[str, ...]
    groups: tuple[_Group, ...]
    signs: re.Pattern[str]


@cache
def _plan(profile: Profile) -> _Plan:
    """The detectors by rank: where two overlap, the first gives its type to the union of their ranges."""
    ranked = [
        detector
        for module in sorted(detectors.modules(), key=lambda module: module.RANK)
        for detector in getattr(module, profile.upper())
    ]
    alike: dict[tuple[Sign, ...], list[tuple[int, Detector]]] = {}
    for rank, detector in enumerate(ranked):
        alike.setdefault(detector.signs, []).append((rank, detector))
    groups = tuple(_Group(any_sign(signs), tuple(found)) for signs, found in alike.items())
    return _Plan(tuple(d.type for d in ranked), groups, any_sign(tuple(s for signs in alike for s in signs)))


def find(text: str, profile: Profile = "prose") -> list[Span]:
    """What must not be kept in a text: spans in order, none overlapping another.

    `profile` is "message" for what programs and operators write (strict: checksums, guards, key context) or
    "prose" for what people write (looser: words around a value count).
    """
    plan = _plan(profile)
    if not plan.signs.search(text):
        return []
    found = [
        (start, end, rank)
        for group in plan.groups
        if group.signs.search(text)
        for rank, detector in group.ranked
        for start, end in detector.ranges(text)
    ]
    return [Span(start, end, plan.types[rank]) for start, end, rank in _merged(found)]


def _merged(found: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Join overlapping ranges, so that no part of either survives; the lowest rank names the whole."""
    merged: list[tuple[int, int, int]] = []
    for start, end, rank in sorted(found):
        if merged and start < merged[-1][1]:
            last_start, last_end, last_rank = merged[-1]
            merged[-1] = (last_start, max(end, last_end), min(rank, last_rank))
        else:
            merged.append((start, end, rank))
    return merged


def redact(text: str, profile: Profile = "message") -> str:
    """The text with every found value replaced by its type's marker, such as `[EMAIL]`.

    Redacting twice changes nothing. It never raises: where a detector fails, the whole text is withheld.
    """
    try:
        for _ in range(_MAX_PASSES):
            spans = find(text, profile)
            if not spans:
                return text
            text = _replaced(text, spans)
    except Exception:  # noqa: BLE001 - failing closed: text that could not be checked is not kept
        return WITHHELD
    return WITHHELD


def _replaced(text: str, spans: list[Span]) -> str:
    """The text with markers in place of the spans."""
    pieces: list[str] = []
    at = 0
    for start, end, kind in spans:
        pieces += (text[at:start], marker(kind))
        at = end
    return "".join((*pieces, text[at:]))
