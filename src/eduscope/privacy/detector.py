"""What a detector is: a pattern, a check, and a cheap sign that it is worth trying."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from eduscope.privacy.signs import Sign

Range = tuple[int, int]

_SHORT_REACH = 3
"""So few beginnings are tried one by one, 0.1 µs each: a search from the first would go on to the end of the text."""


class Span(NamedTuple):
    """A piece of a text that must not be kept: `text[start:end]`, and what it is."""

    start: int
    end: int
    type: str


def ascii_pattern(source: str) -> re.Pattern[str]:
    """A pattern whose classes and letters are ASCII's alone.

    The gate looks at bytes: it can only follow a pattern to which a long s is no `s` and an Arabic digit no digit.
    """
    return re.compile(source, re.ASCII)


def value_range(match: re.Match[str]) -> Range | None:
    """Where the value stands: the group named `value`, or the whole match."""
    return match.span("value") if "value" in match.re.groupindex else match.span()


class Detector:
    """Finds one type of value in text.

    `locate` turns a match of `pattern` into the range of the value, or into None where a check (a checksum,
    an allowed range, a spared word) says that it is none. Where none of `signs` is in a text, the pattern is
    not tried. Where `reach` is given, every match holds a sign at most so many characters behind its beginning, and
    the pattern is tried near signs only: a key then costs 3 µs instead of 12 on a line of 150 characters. `apart` is a
    character that stands nowhere between the beginning of a match and its sign: none begins before it.
    """

    __slots__ = ("_near", "apart", "locate", "pattern", "reach", "signs", "type")

    def __init__(  # noqa: PLR0913 - what a detector is, named one by one
        self,
        type: str,  # noqa: A002 - the word of Span, in which it ends up
        pattern: re.Pattern[str],
        *,
        signs: tuple[Sign, ...],
        locate: Callable[[re.Match[str]], Range | None] = value_range,
        reach: int | None = None,
        apart: str = "",
    ) -> None:
        self.type = type
        self.pattern = pattern
        self.signs = signs
        self.locate = locate
        self.reach = reach
        self.apart = apart
        is_far = reach is not None and reach > _SHORT_REACH
        near = re.compile(rf"(?s:.{{0,{reach}}}?)(?={pattern.pattern})", pattern.flags) if is_far else None
        self._near = near.match if near else None

    def ranges(self, text: str, signs: Iterable[int] | None = None) -> list[Range]:
        """The ranges of all values in the text. `signs` says where the signs stand, for who has looked already."""
        if self.reach is None or signs is None:
            return [found for match in self.pattern.finditer(text) if (found := self.locate(match))]
        ranges: list[Range] = []
        end = 0
        near, begun = self._near, self.pattern.match
        for at in signs:
            while at >= end:  # a match may end before the sign, and another begin between them
                before = at - self.reach
                place = end if before < end else before
                if near is None:
                    match = begun(text, place)
                    while match is None and place < at:
                        place += 1
                        match = begun(text, place)
                else:
                    if self.apart:
                        place = text.rfind(self.apart, place, at) + 1 or place
                    beginning = near(text, place)
                    match = begun(text, beginning.end()) if beginning else None
                if match is None:
                    break
                end = match.end()
                found = self.locate(match)
                if found:
                    ranges.append(found)
        return ranges


def when(valid: Callable[[str], bool]) -> Callable[[re.Match[str]], Range | None]:
    """A `locate` that keeps a value only if it is valid."""

    def locate(match: re.Match[str]) -> Range | None:
        found = value_range(match)
        return found if found and valid(match.string[found[0] : found[1]]) else None

    return locate
