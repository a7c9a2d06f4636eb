"""Learners' text on its way to the platform's vault, where the option `prose_vault` lets it leave the process.

A line is written once, and learners' text may go to one of its places only: to the platform, which seals it. So such
a value is enclosed in two private characters. Standard output gets a marker in its place, the exporter the value.
"""

import re
from typing import Final

from eduscope.output import WriteBytes
from eduscope.privacy import redact
from eduscope.values import cut

_OPEN: Final = "\ue000"
_CLOSE: Final = "\ue001"
_enclosed: Final = re.compile(rb'"\xee\x80\x80((?:[^"\\]|\\.)*)\xee\x80\x81"')
_WITHHELD: Final = b'"[withheld:prose]"'
_STRIPPED: Final = {ord(_OPEN): None, ord(_CLOSE): None}


class _Leaving:
    """Whether learners' text leaves this process."""

    on = False


def use(on: bool) -> None:
    """Lets learners' text leave, or not."""
    _Leaving.on = on


def leaves() -> bool:
    """Whether learners' text leaves this process, redacted and enclosed."""
    return _Leaving.on


def enclosed(text: str, chars_max: int) -> str:
    """Learners' text after the prose profile, as only `for_platform` lets it through.

    The cut comes last, and further in than where the text was judged: half an address is none to a detector.
    """
    safe = redact(text[: 2 * chars_max].translate(_STRIPPED), profile="prose")
    return f"{_OPEN}{cut(safe, chars_max)}{_CLOSE}"


def for_platform(write: WriteBytes) -> WriteBytes:
    """The writer, given lines with learners' text."""
    return lambda line: write(_enclosed.sub(rb'"\1"', line) if b"\xee\x80\x80" in line else line)


def for_others(write: WriteBytes) -> WriteBytes:
    """The writer, given lines with markers in place of learners' text."""
    return lambda line: write(_enclosed.sub(_WITHHELD, line) if b"\xee\x80\x80" in line else line)
