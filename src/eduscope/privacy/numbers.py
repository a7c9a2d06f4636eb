"""Patterns for a tenant's own numbers: student ids, roll numbers. Written by administrators, so bounded by form.

A pattern is a sequence of characters, classes and `\\d`, each perhaps with `?`, `{n}` or `{m,n}`: `S\\d{7}`,
`[0-9]{2}[A-Z]{2}\\d{4}`, `roll-\\d{4,6}`. Without groups, alternatives and unbounded repeats no text can make it slow.
"""

import re
from collections.abc import Sequence

from eduscope.privacy.detector import ascii_pattern
from eduscope.privacy.errors import PatternRefused
from eduscope.privacy.extra import OWN_NUMBER_RANK, Found
from eduscope.privacy.plan import Profile

PATTERNS_MAX = 32
LONGEST_VALUE = 64
SHORTEST_VALUE = 4
FEWEST_DIGITS = 2
"""A value without digits is a word, and with one of them a word with a number behind it."""

_ATOM = re.compile(
    r"(?P<one>\\[d./\\_-]|[A-Za-z0-9_/-]|\[(?:[A-Za-z0-9]-[A-Za-z0-9]|\\[d./_-]|[A-Za-z0-9_./-])+\])"
    r"(?:(?P<optional>\?)|\{(?P<least>[0-9]{1,2})(?:,(?P<most>[0-9]{1,2}))?\})?"
)
_DIGITS = re.compile(r"\\d|[0-9]|\[(?:[0-9]-[0-9]|\\d|[0-9])+\]")


def checked(pattern: str) -> str:
    """The pattern, if it is one. Raises PatternRefused with what is wrong with it."""
    at = shortest = longest = digits = 0
    while at < len(pattern):
        atom = _ATOM.match(pattern, at)
        if atom is None:
            raise PatternRefused(
                f"The pattern {pattern!r} has {pattern[at]!r} at {at}; expected characters, [classes] and \\d, "
                "each perhaps with ?, {n} or {m,n}"
            )
        least = 0 if atom["optional"] else int(atom["least"] or 1)
        most = 1 if atom["optional"] else int(atom["most"] or atom["least"] or 1)
        if most < max(least, 1):  # the gate's engine knows no part that is there no times
            raise PatternRefused(f"The pattern {pattern!r} repeats {least} to {most} times at {at}")
        shortest, longest = shortest + least, longest + most
        digits += least if _DIGITS.fullmatch(atom["one"]) else 0
        at = atom.end()
    if shortest < SHORTEST_VALUE or longest > LONGEST_VALUE or digits < FEWEST_DIGITS:
        raise PatternRefused(
            f"The pattern {pattern!r} takes {shortest} to {longest} characters with at least {digits} digits; expected "
            f"{SHORTEST_VALUE} to {LONGEST_VALUE} with at least {FEWEST_DIGITS}: what is looser matches words"
        )
    try:
        re.compile(pattern)
    except re.error as error:
        raise PatternRefused(f"The pattern {pattern!r} is not readable: {error}") from None
    return pattern


class OwnNumbers:
    """Finds a tenant's own numbers, in both profiles: what the tenant says needs no word beside it."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Take patterns. Raises PatternRefused on any that may be slow, or that would match words."""
        if not 0 < len(patterns) <= PATTERNS_MAX:
            raise PatternRefused(f"There are {len(patterns)} patterns; expected 1 to {PATTERNS_MAX}")
        self.patterns = tuple(checked(pattern) for pattern in patterns)
        either = "|".join(f"(?:{pattern})" for pattern in self.patterns)
        self._find = ascii_pattern(rf"(?<![A-Za-z0-9])(?:{either})(?![A-Za-z0-9])").finditer

    @property
    def gate(self) -> tuple[bytes, ...]:
        """The patterns without guards: what stands beside a value in raw bytes is framing."""
        return tuple(pattern.replace("/", r"\\?/").encode() for pattern in self.patterns)

    def ranges(self, text: str, profile: Profile) -> list[Found]:
        """The ranges of all numbers in the text; both profiles are treated alike."""
        del profile
        return [(*match.span(), OWN_NUMBER_RANK, "STUDENT_ID") for match in self._find(text)]
