"""Instants and spans of time as people write them in questions."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from eduscope_server.query.errors import ParameterError

_RELATIVE = re.compile(r"-(\d{1,6})(s|m|h|d|w)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DECODED_PLUS = re.compile(r"(T\d\d:\d\d:\d\d(?:\.\d+)?) (\d\d:\d\d)$")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)")

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2262, 1, 2, tzinfo=UTC)
"""The engine's times in nanoseconds end some months later; records of later times are kept under the day before."""

DEFAULT_FROM = "-1h"
DEFAULT_TO = "now"


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time: from `start`, included, to `end`, excluded. Both in UTC."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """How long the window is."""
        return (self.end - self.start).total_seconds()


def read_instant(text: str) -> datetime | None:
    """An RFC 3339 time, or a date (its midnight in UTC); None where the text is neither.

    A `+` that a URL decoded into a space is put back.
    """
    text = _DECODED_PLUS.sub(r"\1+\2", text)
    try:
        if _DATE.fullmatch(text):
            instant = datetime.fromisoformat(text).replace(tzinfo=UTC)
        elif _INSTANT.fullmatch(text):
            instant = datetime.fromisoformat(text.upper()).astimezone(UTC)
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return instant if EARLIEST <= instant <= LATEST else None


def read_window(start: str | None, end: str | None, *, now: datetime) -> Window:
    """The window that `from` and `to` name. Raises `ParameterError` that says which of them is wrong."""
    first = _read("from", start or DEFAULT_FROM, now=now)
    last = _read("to", end or DEFAULT_TO, now=now)
    if first > last:
        raise ParameterError(
            "from",
            f"is later than to ({_show(first)} > {_show(last)})",
            hint="swap them, or leave to away: it is now then",
        )
    return Window(first, last)


def _read(name: str, text: str, *, now: datetime) -> datetime:
    if text == "now":
        return now
    if match := _RELATIVE.fullmatch(text):
        length = timedelta(**{_UNITS[match.group(2)]: int(match.group(1))})
        return now - length if length < now - EARLIEST else EARLIEST
    instant = read_instant(text)
    if instant is None:
        raise ParameterError(
            name,
            f"is {text[:40]!r}; expected a time",
            hint="write RFC 3339 like 2026-01-31T08:00:00Z, or relative like -15m, -1h, -7d, or now",
        )
    return instant


def _show(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")
