"""Which detectors a text has to be shown to, and where in it: one look for the signs of all of them."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Literal

from eduscope.privacy import detectors
from eduscope.privacy.detector import Detector
from eduscope.privacy.signs import Sign, any_sign, characters, which_signs

Profile = Literal["message", "prose"]
Candidate = tuple[int, Detector, list[int]]
"""A detector's rank, the detector, and where its signs stand."""


class _Which(dict[tuple[str | None, ...], tuple[int, ...]]):
    """The numbers of the groups that took part in a match; a few dozen combinations occur."""

    def __missing__(self, parts: tuple[str | None, ...]) -> tuple[int, ...]:
        numbers = self[parts] = tuple(number for number, part in enumerate(parts) if part is not None)
        return numbers


class Plan:
    """Detectors, and one pattern for the signs of all of them."""

    def __init__(self, ranked: Iterable[tuple[int, Detector]]) -> None:
        """Take detectors with their ranks, the most telling first."""
        by_signs: dict[tuple[Sign, ...], list[tuple[int, Detector]]] = {}
        for rank, detector in ranked:
            by_signs.setdefault(detector.signs, []).append((rank, detector))
        self._alike = list(by_signs.values())
        signs = list(by_signs)
        every = tuple(sign for some in signs for sign in some)
        self._any = any_sign(every)
        # What a character may be a sign of: one group of detectors with the same signs, or several.
        self._group: dict[str, int] = {}
        self._groups: dict[str, tuple[re.Pattern[str], list[int]]] = {}
        for character in characters(every):
            numbers = [n for n, some in enumerate(signs) if character in characters(some)]
            if len(numbers) == 1:
                self._group[character] = numbers[0]
            else:
                self._groups[character] = (which_signs([signs[n] for n in numbers], character), numbers)
        self._parts = _Which()

    def candidates(self, text: str) -> list[Candidate]:
        """The detectors of which the text has a sign. Most texts have none, and take a microsecond."""
        first = self._any.search(text)
        if first is None:
            return []
        return self._candidates(text, [sign.start() for sign in self._any.finditer(text, first.start())])

    def _candidates(self, text: str, signs: Iterable[int]) -> list[Candidate]:
        """The detectors that these are signs of."""
        found: dict[int, list[int]] = {}
        for at in signs:
            character = text[at]
            group = self._group.get(character)
            if group is not None:
                found.setdefault(group, []).append(at)
                continue
            which, numbers = self._groups[character]
            match = which.match(text, at)
            for part in self._parts[match.groups()] if match else ():
                found.setdefault(numbers[part], []).append(at)
        return [(rank, detector, at) for n, at in found.items() for rank, detector in self._alike[n]]

    def candidates_within(self, text: str, windows: Iterable[tuple[int, int]]) -> list[Candidate]:
        """The same, with the signs that begin in one of the windows alone: these are in order, and do not overlap."""
        signs: list[int] = []
        search = self._any.search
        for start, stop in windows:
            sign = search(text, start)
            while sign and (at := sign.start()) < stop:
                signs.append(at)
                sign = search(text, at + 1)
        if len(self._alike) > 1:
            return self._candidates(text, signs)
        return [(rank, detector, signs) for rank, detector in self._alike[0]] if signs else []


@cache
def ranked(profile: Profile) -> tuple[tuple[str, int, Detector], ...]:
    """The detectors of a profile with their modules' names and their ranks."""
    modules = sorted(detectors.modules(), key=lambda module: module.RANK)
    every = ((m.__name__.rpartition(".")[2], d) for m in modules for d in getattr(m, profile.upper()))
    return tuple((name, rank, detector) for rank, (name, detector) in enumerate(every))


@cache
def plan(profile: Profile, modules: frozenset[str] | None = None) -> Plan:
    """The plan of a profile, of all detectors or of these modules' alone; made on first use."""
    return Plan((rank, d) for name, rank, d in ranked(profile) if modules is None or name in modules)
