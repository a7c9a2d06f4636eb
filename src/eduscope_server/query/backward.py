"""Cuts a window into sections to search newest first, so that the newest records cost little.

Over 30 M rows the newest 100 took 560 ms from the whole day and 74 ms from its last 15 minutes. When a
section does not hold enough, the next is longer: a rare thing costs little more than one search of all.
"""

from collections.abc import Iterator
from datetime import timedelta

from eduscope_server.query.times import Window

FIRST_SECTION = timedelta(minutes=15)
GROWTH = 4


def sections(window: Window, *, first: timedelta = FIRST_SECTION, whole: bool = False) -> Iterator[Window]:
    """The window's sections, newest first; one alone where `whole` says an index finds the records anyway."""
    if whole:
        yield window
        return
    end, length = window.end, first
    while end > window.start:
        # A short rest is not worth a statement of its own.
        start = window.start if end - window.start <= length * 2 else end - length
        yield Window(start, end)
        end, length = start, length * GROWTH
