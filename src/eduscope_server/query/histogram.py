"""How many logs there were over time, by level, with every interval present."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from eduscope_server.query.fields import LEVELS
from eduscope_server.query.question import Question
from eduscope_server.query.statement import statement
from eduscope_server.query.times import Window
from eduscope_server.store import Store

MAX_BUCKETS = 500
"""More bars than a screen has room for."""

_STEPS_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200)
_DAY_SECONDS = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Bucket(msgspec.Struct, frozen=True):
    """One interval: where it starts, and how many records of each level it holds."""

    start: datetime
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Histogram:
    """Buckets without gaps, oldest first. The first and last reach to whole intervals."""

    interval_seconds: int
    buckets: list[Bucket]


async def read_histogram(store: Store, question: Question, *, buckets: int) -> Histogram:
    """How many records match in each of about `buckets` intervals of a round length."""
    interval = interval_seconds(question.window, buckets)
    condition = question.condition()
    sql = statement("logs.sql", "histogram", condition=condition)
    rows = await store.fetch(sql, condition.parameters | {"interval_us": interval * 1_000_000})
    return Histogram(interval, fill(rows, question.window, interval))


def interval_seconds(window: Window, buckets: int) -> int:
    """The shortest round interval that cuts the window into at most `buckets`."""
    wanted = window.seconds / buckets
    for step in _STEPS_SECONDS:
        if step >= wanted:
            return step
    return _DAY_SECONDS * max(1, -int(-wanted // _DAY_SECONDS))


def fill(rows: Iterable[dict[str, Any]], window: Window, interval: int) -> list[Bucket]:
    """The counted slots as buckets of the whole window, the empty ones too."""
    counts: dict[int, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["slot"], dict.fromkeys(LEVELS, 0))[row["level"]] = row["records"]
    first = int((window.start - _EPOCH) // timedelta(seconds=interval))
    # The window's end is excluded: an interval that starts there has no place in it.
    last = int((window.end - _EPOCH - timedelta(microseconds=1)) // timedelta(seconds=interval))
    return [
        Bucket(_EPOCH + timedelta(seconds=slot * interval), counts.get(slot) or dict.fromkeys(LEVELS, 0))
        for slot in range(first, last + 1)
    ]
