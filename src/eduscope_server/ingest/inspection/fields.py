"""One field at a time: what is kept of it, by its class in the contract."""

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from eduscope.contract import FieldClass, attribute
from eduscope.privacy import is_token, policy, redact, tokenize

_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_LABEL = re.compile(r"[A-Za-z0-9._:/@+ -]{0,128}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MICROS = 9_214_646_400_000_000  # the year 2262, where the column's range ends
TIME_OFF = timedelta(hours=24)


class Kept(msgspec.Struct):
    """What a record's attributes come to: texts, numbers, and what was odd."""

    attributes: dict[str, str]
    measures: dict[str, float]
    marks: list[str]


_GUARDED = frozenset({FieldClass.PROSE, FieldClass.SECRET, FieldClass.NETWORK, FieldClass.TOKEN})
"""Of these classes not even a number is kept as it came: it may be a student's number."""


def keep(key: str, value: Any, into: Kept) -> None:
    """Files one attribute under texts or numbers; empty and absent ones are left out."""
    declared = attribute(key)
    is_guarded = declared is not None and declared.field_class in _GUARDED
    if value is None or value == "":
        return
    if isinstance(value, bool) and not is_guarded:
        into.attributes[key] = "true" if value else "false"
    elif isinstance(value, int | float) and not is_guarded:
        if math.isfinite(value):
            into.measures[key] = float(value)
    else:
        # A list or a map has no class of its own parts: it is treated as the text that it makes.
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        into.attributes[key] = policy.apply(declared, text)


def message_of(text: str) -> str:
    """A message after the strict profile."""
    return redact(text, profile="message")


def person(value: str) -> str:
    """A token; any other name of a person becomes one."""
    return value if not value or is_token(value) else tokenize(value)


def identifier(value: str, marks: list[str]) -> str:
    """An id of the right shape; any other becomes a code that still joins, and is marked."""
    if not value or (_ID.fullmatch(value) and redact(value, profile="message") == value):
        return value
    if "id_replaced" not in marks:
        marks.append("id_replaced")
    return tokenize(value, kind="id").rpartition("_")[2]


def label(value: str) -> str:
    """A short word from a small set; any other is withheld."""
    if not _LABEL.fullmatch(value):
        return "[withheld:label]"
    return redact(value, profile="message")


def moment(unix_nanos: int, marks: list[str]) -> str:
    """A time as the store reads it; now where there is none. Odd ones are marked, never refused."""
    now = datetime.now(UTC)
    if unix_nanos <= 0:
        marks.append("time_missing")
        return _text(now)
    time = _EPOCH + timedelta(microseconds=min(unix_nanos // 1000, _LAST_MICROS))
    if abs(time - now) > TIME_OFF:
        marks.append("time_off")
    return _text(time)


def unix_nanos(text: str) -> int:
    """An RFC 3339 time as Unix nanoseconds; 0 where it can't be read."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return 0
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return int((time - _EPOCH) / timedelta(microseconds=1)) * 1000


def _text(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S.%f")
