"""One pattern for the signs of many detectors, and whose each sign is."""

import re
from collections.abc import Iterable, Sequence

from eduscope.privacy.signs import Sign, any_sign, characters, which_signs

Places = dict[int, list[int]]
"""Where signs stand, by the number of the group of detectors that have these signs."""


class _Which(dict[tuple[str | None, ...], tuple[int, ...]]):
    """The numbers of the groups that took part in a match; a few dozen combinations occur."""

    def __missing__(self, parts: tuple[str | None, ...]) -> tuple[int, ...]:
        numbers = self[parts] = tuple(number for number, part in enumerate(parts) if part is not None)
        return numbers


class Scan:
    """Finds the signs of all groups of detectors in one go."""

    def __init__(self, groups: Sequence[tuple[Sign, ...]]) -> None:
        """Take the signs of each group."""
        every = tuple(sign for signs in groups for sign in signs)
        self.pattern = any_sign(every)
        # What a character may be a sign of: one group, or several.
        self._group: dict[str, int] = {}
        self._several: dict[str, list[int]] = {}
        self._which: dict[str, re.Pattern[str]] = {}
        for character in characters(every):
            numbers = [n for n, signs in enumerate(groups) if character in characters(signs)]
            if len(numbers) == 1:
                self._group[character] = numbers[0]
            else:
                self._several[character] = numbers
        self._groups = groups
        self._parts = _Which()

    def places(self, text: str) -> Places:
        """Where signs stand in a text."""
        first = self.pattern.search(text)
        if first is None:
            return {}
        return self.sorted(text, [sign.start() for sign in self.pattern.finditer(text, first.start())])

    def within(self, text: str, windows: Iterable[tuple[int, int]]) -> list[int]:
        """The signs that begin in one of the windows: these are in order, and do not overlap."""
        signs: list[int] = []
        search = self.pattern.search
        for start, stop in windows:
            sign = search(text, start)
            while sign and (at := sign.start()) < stop:
                signs.append(at)
                sign = search(text, at + 1)
        return signs

    def sorted(self, text: str, signs: Iterable[int]) -> Places:
        """The signs by the groups that they are of."""
        found: Places = {}
        for at in signs:
            character = text[at]
            group = self._group.get(character)
            if group is not None:
                found.setdefault(group, []).append(at)
                continue
            which, numbers = self._which.get(character) or self._made(character), self._several[character]
            match = which.match(text, at)
            for part in self._parts[match.groups()] if match else ():
                found.setdefault(numbers[part], []).append(at)
        return found

    def _made(self, character: str) -> re.Pattern[str]:
        """Made when it is needed: 20 ms for a separator behind keys, and few programs write all of them."""
        which = which_signs([self._groups[n] for n in self._several[character]], character)
        self._which[character] = which
        return which
