"""Which detectors a text has to be shown to, and where in it: one look for the signs of all of them."""

import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property
from typing import Literal

from eduscope.privacy import detectors
from eduscope.privacy.detector import Detector
from eduscope.privacy.marker import marker
from eduscope.privacy.scan import Places, Scan
from eduscope.privacy.shapes import by_digits, shape_of
from eduscope.privacy.signs import MOST_AHEAD, MOST_BEHIND, Sign, one_sign

Profile = Literal["message", "prose"]
Candidate = tuple[int, Detector, list[int]]
"""A detector's rank, the detector, and where its signs stand."""
Value = tuple[int, int, int, str]
"""Start, end, rank and type of what was found."""
Seen = tuple[Places, list[int] | None]
"""What one look at a text gave: where signs stand, and which signs with a shape are to be looked for; None: no more."""
_SHORT = 100
"""To make the shape of a text and to look it over takes 1 µs: in so few characters the signs at digits take less."""


class Plan:
    """Detectors, and what is looked for in a text before any of them is tried."""

    def __init__(self, ranked: Iterable[tuple[int, Detector]]) -> None:
        """Take detectors with their ranks, the most telling first."""
        by_signs: dict[tuple[Sign, ...], list[tuple[int, Detector]]] = {}
        for rank, detector in ranked:
            by_signs.setdefault(detector.signs, []).append((rank, detector))
        self._alike = list(by_signs.values())
        self._signs = list(by_signs)

    @cached_property
    def _all(self) -> Scan:
        return Scan(self._signs)

    @cached_property
    def _shapeless(self) -> Scan:
        return Scan([tuple(sign for sign in signs if not sign.shapes) for signs in self._signs])

    @cached_property
    def _shaped(self) -> list[tuple[int, Sign]]:
        return [(n, sign) for n, signs in enumerate(self._signs) for sign in signs if sign.shapes]

    @cached_property
    def _finditers(self) -> list[tuple[int, Callable[[str], Iterator[re.Match[str]]]]]:
        return [(n, one_sign(sign).finditer) for n, sign in self._shaped]

    @cached_property
    def _shapes(self) -> list[tuple[str, list[tuple[str, list[int]]]]]:
        return by_digits([sign.shapes for _, sign in self._shaped])

    def candidates(self, text: str) -> list[Candidate]:
        """The detectors of which the text has a sign. Most texts have none, and take a microsecond."""
        return self.shown(text, self.look(text))

    def candidates_within(self, text: str, windows: Iterable[tuple[int, int]]) -> list[Candidate]:
        """The same, with the signs that begin in one of the windows alone: these are in order, and do not overlap."""
        signs = self._all.within(text, windows)
        if len(self._alike) > 1:
            return self._of(self._all.sorted(text, signs))
        return self._of({0: signs}) if signs else []

    def look(self, text: str) -> Seen:
        """Look a text over for signs."""
        if len(text) < _SHORT:
            return self._all.places(text), None
        places = self._shapeless.places(text)
        possible: list[int] = []
        shape = shape_of(text)
        for digits, shapes in self._shapes:
            if digits not in shape:
                break
            for one, numbers in shapes:
                if one in shape:
                    possible += numbers
        return places, list(dict.fromkeys(possible)) if len(possible) > 1 else possible

    def look_again(self, seen: Seen, found: Sequence[Value], text: str) -> Seen:
        """Look over what a text has become once the values found in it were replaced by markers.

        Signs are new or gone where they can see a marker, and as they were elsewhere. No new shape comes with a marker:
        it has no digit, and every shape has one and no bracket.
        """
        if seen[1] is None:
            return self.look(text)
        unchanged, changed = _parts(found)
        places = self._shapeless.sorted(text, self._shapeless.within(text, changed))
        for n, at in seen[0].items():
            kept = ((at[bisect_left(at, start) : bisect_left(at, end)], by) for start, end, by in unchanged)
            moved = [old + by for places_kept, by in kept for old in places_kept]
            if moved:
                places[n] = sorted(places[n] + moved) if n in places else moved
        return places, seen[1]

    def shown(self, text: str, seen: Seen) -> list[Candidate]:
        """The detectors that have a sign in a text that was looked over."""
        places, possible = seen
        if not (places or possible):
            return []
        if possible:
            places = dict(places)
            for number in possible:
                group, finditer = self._finditers[number]
                at = [sign.start() for sign in finditer(text)]
                if at:
                    places[group] = sorted(places[group] + at) if group in places else at
        return self._of(places)

    def _of(self, places: Places) -> list[Candidate]:
        return [(rank, detector, at) for n, at in places.items() for rank, detector in self._alike[n]]


def _parts(found: Sequence[Value]) -> tuple[list[tuple[int, int, int]], list[tuple[int, int]]]:
    """Where signs are as they were (start and end in the old text, and by how much they have moved), and where they
    must be looked for again (start and end in the new text): near markers.
    """
    unchanged: list[tuple[int, int, int]] = []
    changed: list[tuple[int, int]] = []
    at = by = again = 0
    for start, end, _, kind in found:
        if start - MOST_AHEAD > at:
            unchanged.append((at, start - MOST_AHEAD, by))
            if at:
                changed.append((again, at + by))
            again = start - MOST_AHEAD + by
        by += len(marker(kind)) - (end - start)
        at = end + MOST_BEHIND
    changed.append((again, at + by))
    unchanged.append((at, sys.maxsize, by))
    return unchanged, changed


@cache
def ranked(profile: Profile) -> tuple[tuple[str, int, Detector], ...]:
    """The detectors of a profile with their modules' names and their ranks."""
    modules = sorted(detectors.modules(), key=lambda module: module.RANK)
    every = ((detectors.name_of(m), d) for m in modules for d in getattr(m, profile.upper()))
    return tuple((name, rank, detector) for rank, (name, detector) in enumerate(every))


@cache
def plan(profile: Profile, modules: frozenset[str] | None = None) -> Plan:
    """The plan of a profile, of all detectors or of these modules' alone; made on first use."""
    return Plan((rank, d) for name, rank, d in ranked(profile) if modules is None or name in modules)
