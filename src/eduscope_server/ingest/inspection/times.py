"""Times as the store reads them. Odd ones are marked, never refused."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

TIME_OFF = timedelta(hours=24)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MICROS = 9_214_646_400_000_000  # the year 2262, where the column's range ends
_MICROSECOND = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)
_MINUTE_MICROS = 60_000_000
MINUTES_MAX = 2000
"""Minutes remembered of one batch: a sender that invents times must not grow this process."""
_is_unix_time = re.compile(r"[1-9][0-9]{9}(?:\.[0-9]+)?|[1-9][0-9]{12}|[1-9][0-9]{15}").fullmatch
_is_usual = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]\.[0-9]{6}(?:Z|\+00:00)"
).fullmatch
"""A time as our SDK and most others write it: UTC, in microseconds."""


class Clock:
    """The time of one batch, and which times of records are near it."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC)
        self._near: dict[str, bool] = {}
        self._minutes: dict[int, str] = {}
        self._earliest, self._latest = self._now - TIME_OFF, self._now + TIME_OFF

    def of_text(self, text: str, marks: list[str]) -> str:
        """An RFC 3339 time; now where it can't be read."""
        return self.of_usual_text(text) or self._of_any_text(text, marks)

    def of_usual_text(self, text: Any) -> str:
        """A time of the usual form; "" where it is anything else, or not near."""
        if text.__class__ is not str or not _is_usual(text):
            return ""
        minute = text[:16]
        is_near = self._near.get(minute)
        if is_near is None:
            is_near = self._is_near(minute)
        return f"{text[:10]} {text[11:26]}" if is_near else ""

    def _is_near(self, minute: str) -> bool:
        """Whether all of a minute is near; remembered, since a batch has few."""
        try:
            start = datetime.fromisoformat(minute).replace(tzinfo=UTC)
        except ValueError:
            near = False
        else:
            near = self._earliest <= start and start + _MINUTE <= self._latest
        if len(self._near) < MINUTES_MAX:
            self._near[minute] = near
        return near

    def _of_any_text(self, text: str, marks: list[str]) -> str:
        try:
            time = datetime.fromisoformat(text)
        except ValueError:
            return self.of_nanos(_unix_nanos(text), marks)
        if time.tzinfo is None:
            time = time.replace(tzinfo=UTC)
        if time.tzinfo is UTC and self._earliest <= time <= self._latest:
            return _text(time)
        return self.of_nanos(int((time - _EPOCH) / _MICROSECOND) * 1000, marks)

    def usual_text(self, unix_nanos: int) -> str:
        """A Unix time in nanoseconds as a time of the usual form; "" where there is none."""
        minute, micros = divmod(unix_nanos // 1000, _MINUTE_MICROS)
        text = self._minutes.get(minute)
        if text is None:
            if not 0 < minute < _LAST_MICROS // _MINUTE_MICROS:
                return ""
            text = (_EPOCH + minute * _MINUTE).isoformat("T", "minutes")[:16]
            if len(self._minutes) < MINUTES_MAX:
                self._minutes[minute] = text
        return f"{text}:{micros // 1_000_000:02}.{micros % 1_000_000:06}Z"

    def of_nanos(self, unix_nanos: int, marks: list[str]) -> str:
        """A Unix time in nanoseconds; now where there is none."""
        if unix_nanos <= 0:
            marks.append("time_missing")
            return _text(self._now)
        time = _EPOCH + timedelta(microseconds=min(unix_nanos // 1000, _LAST_MICROS))
        if not self._earliest <= time <= self._latest:
            marks.append("time_off")
        return _text(time)


def _unix_nanos(text: str) -> int:
    """A Unix time in seconds, milli- or microseconds as the engine reads it, too, by its digits; 0 where it is none."""
    if not _is_unix_time(text):
        return 0
    whole, _, fraction = text.partition(".")
    return int((whole + fraction).ljust(19, "0")[:19])


def _text(time: datetime) -> str:
    return time.isoformat(" ", "microseconds")[:26]
