"""Logs over time: round intervals, none missing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduscope_server.query.fields import LOGS
from eduscope_server.query.histogram import fill, interval_seconds, read_histogram
from eduscope_server.query.question import ask
from eduscope_server.query.scope import EVERY_TENANT
from eduscope_server.query.times import Window
from eduscope_server.store import Store

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "buckets", "expected"),
    [
        (3600, 60, 60),
        (3600, 61, 60),
        (3600, 50, 120),
        (1, 60, 1),
        (86_400, 60, 1_800),
        (86_400 * 365, 60, 86_400 * 7),
    ],
)
def test_intervals_are_round(seconds: int, buckets: int, expected: int) -> None:
    assert interval_seconds(Window(NOON, NOON + timedelta(seconds=seconds)), buckets) == expected


@given(
    st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - given below
    st.timedeltas(timedelta(0), timedelta(days=4_000)),
    st.integers(1, 500),
)
def test_buckets_cover_the_window_without_gaps(start: datetime, length: timedelta, buckets: int) -> None:
    window = Window(start, start + length)
    interval = interval_seconds(window, buckets)
    filled = fill([], window, interval)
    starts = [bucket.start for bucket in filled]
    assert len(filled) <= buckets + 1
    assert all(b - a == timedelta(seconds=interval) for a, b in pairwise(starts))
    if length:
        assert starts[0] <= start < starts[0] + timedelta(seconds=interval)
        assert starts[-1] < window.end <= starts[-1] + timedelta(seconds=interval)


async def test_counts_fall_into_their_interval_by_level(
    clean_store: Store, put_logs: Callable[..., None]
) -> None:
    times = [(0, "info"), (59.999999, "info"), (60, "error"), (3599, "debug")]
    put_logs(*({"timestamp": NOON + timedelta(seconds=s), "log_level": level} for s, level in times))
    window = Window(NOON, NOON + timedelta(hours=1))
    question = ask(LOGS, window=window, scope=EVERY_TENANT)
    found = await read_histogram(clean_store, question, buckets=60)
    assert (found.interval_seconds, len(found.buckets)) == (60, 60)
    held = {
        n: {k: v for k, v in b.counts.items() if v}
        for n, b in enumerate(found.buckets)
        if any(b.counts.values())
    }
    assert held == {0: {"info": 2}, 1: {"error": 1}, 59: {"debug": 1}}
    assert found.buckets[0].start == NOON
