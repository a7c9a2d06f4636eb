"""What a word is. The same rule cuts queries here and messages in the engine's text index.

A word is a run of ASCII letters and digits and of characters outside ASCII (ClickHouse's `splitByNonAlpha`);
case is ignored for A to Z.
"""

import re
import string

_WORD = re.compile(r"[0-9A-Za-z\x80-\U0010ffff]+")
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

BOUNDARY = r"(^|[^0-9a-z\x{80}-\x{10FFFF}])"
"""A regular expression (RE2) for the place before a word in text that is in lower case."""


def lower(text: str) -> str:
    """The text as the engine's `lower` makes it: ASCII only, so that both sides agree on every byte."""
    return text.translate(_LOWER)


def split(text: str) -> tuple[str, ...]:
    """The words of a text, in lower case, in order."""
    return tuple(_WORD.findall(lower(text)))


def inner(text: str) -> tuple[str, ...]:
    """The words that must stand whole wherever the text is found: those not cut by its ends."""
    spans = [(m.start(), m.end(), m.group()) for m in _WORD.finditer(lower(text))]
    return tuple(word for start, end, word in spans if start > 0 and end < len(text))
