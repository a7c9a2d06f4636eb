"""The words that stand where a value stood."""

import re

WITHHELD = "[withheld]"
"""Stands for a whole text that could not be checked."""

_MARKERS = re.compile(r"(?:\[[A-Z_]{2,24}\]|\[withheld(?::[a-z_]{2,24})?\])+[.,:;!?)\]}]*")


def marker(kind: str) -> str:
    """The marker of a type, such as `[EMAIL]`. It never depends on the value."""
    return f"[{kind}]"


def withheld(reason: str) -> str:
    """The marker of a field that is never kept, such as `[withheld:prose]`."""
    return f"[withheld:{reason}]"


def starts_with_marker(value: str) -> bool:
    """Whether the value was replaced before: what stands behind the marker is not part of it."""
    return _MARKERS.match(value) is not None


def is_marker(value: str) -> bool:
    """Whether a value is nothing but markers (and closing punctuation)."""
    return _MARKERS.fullmatch(value) is not None
