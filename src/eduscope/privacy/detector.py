"""What a detector is: a pattern, a check, and a cheap sign that it is worth trying."""

import re
from collections.abc import Callable
from typing import NamedTuple

from eduscope.privacy.signs import Sign

Range = tuple[int, int]


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


class Detector(NamedTuple):
    """Finds one type of value in text.

    `locate` turns a match of `pattern` into the range of the value, or into None where a check (a checksum,
    an allowed range, a spared word) says that it is none. Where none of `signs` is in a text, the pattern is
    not tried.
    """

    type: str
    pattern: re.Pattern[str]
    signs: tuple[Sign, ...] = ()
    locate: Callable[[re.Match[str]], Range | None] = value_range

    def ranges(self, text: str) -> list[Range]:
        """The ranges of all values in the text."""
        return [found for match in self.pattern.finditer(text) if (found := self.locate(match))]


def when(valid: Callable[[str], bool]) -> Callable[[re.Match[str]], Range | None]:
    """A `locate` that keeps a value only if it is valid."""

    def locate(match: re.Match[str]) -> Range | None:
        found = value_range(match)
        return found if found and valid(match.string[found[0] : found[1]]) else None

    return locate
