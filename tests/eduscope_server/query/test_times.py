"""Times as people write them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduscope_server.query.errors import ParameterError
from eduscope_server.query.times import EARLIEST, read_instant, read_window

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)


def test_the_last_hour_is_meant_where_nothing_is_said() -> None:
    window = read_window(None, None, now=NOW)
    assert (window.start, window.end) == (NOW - timedelta(hours=1), NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-90s", NOW - timedelta(seconds=90)),
        ("-15m", NOW - timedelta(minutes=15)),
        ("-7d", NOW - timedelta(days=7)),
        ("-2w", NOW - timedelta(weeks=2)),
        ("-999999d", EARLIEST),
        ("now", NOW),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
        ("2026-11-23T08:00:00Z", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("2026-11-23T08:00:00.123456789Z", datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)),
        ("2026-11-23T08:00:00+02:00", datetime(2026, 11, 23, 6, tzinfo=UTC)),
        ("2026-11-23T08:00:00 02:00", datetime(2026, 11, 23, 6, tzinfo=UTC)),
    ],
)
def test_starts_are_read(text: str, expected: datetime) -> None:
    assert read_window(text, None, now=NOW).start == expected


@pytest.mark.parametrize(
    "text",
    [
        *("yesterday", "2026-13-01", "-1y", "1h", "2026-11-23T08:00:00", "9" * 30, "-" + "9" * 20 + "d"),
        *("9999-12-31", "0001-01-01", "2262-01-03T00:00:00Z", "1969-12-31"),
    ],
)
@pytest.mark.parametrize("name", ["from", "to"])
def test_an_unreadable_time_is_named(name: str, text: str) -> None:
    start, end = (text, None) if name == "from" else (None, text)
    with pytest.raises(ParameterError) as caught:
        read_window(start, end, now=NOW)
    assert caught.value.name == name
    assert "RFC 3339" in caught.value.hint


def test_a_start_after_the_end_is_refused() -> None:
    with pytest.raises(ParameterError, match="from is later than to"):
        read_window("now", "-1h", now=NOW)


@given(st.text(max_size=40))
def test_any_text_is_an_instant_or_none(text: str) -> None:
    instant = read_instant(text)
    assert instant is None or instant.tzinfo is UTC
