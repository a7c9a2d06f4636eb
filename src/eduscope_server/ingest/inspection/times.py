"""Times as the store reads them. Odd ones are marked, never refused."""

from datetime import UTC, datetime, timedelta

TIME_OFF = timedelta(hours=24)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MICROS = 9_214_646_400_000_000  # the year 2262, where the column's range ends
_MICROSECOND = timedelta(microseconds=1)


class Clock:
    """The time of one batch, and which times of records are near it."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC)
        self._earliest, self._latest = self._now - TIME_OFF, self._now + TIME_OFF

    def of_text(self, text: str, marks: list[str]) -> str:
        """An RFC 3339 time; now where it can't be read."""
        try:
            time = datetime.fromisoformat(text)
        except ValueError:
            return self.of_nanos(0, marks)
        if time.tzinfo is None:
            time = time.replace(tzinfo=UTC)
        if time.tzinfo is UTC and self._earliest <= time <= self._latest:
            return _text(time)
        return self.of_nanos(int((time - _EPOCH) / _MICROSECOND) * 1000, marks)

    def of_nanos(self, unix_nanos: int, marks: list[str]) -> str:
        """A Unix time in nanoseconds; now where there is none."""
        if unix_nanos <= 0:
            marks.append("time_missing")
            return _text(self._now)
        time = _EPOCH + timedelta(microseconds=min(unix_nanos // 1000, _LAST_MICROS))
        if not self._earliest <= time <= self._latest:
            marks.append("time_off")
        return _text(time)


def _text(time: datetime) -> str:
    return time.isoformat(" ", "microseconds")[:26]
