"""Any Python object as text that is safe to put on a line: never raises, never loops, never grows without
bound.
"""

import base64
import datetime as dt
import enum
import math
from collections.abc import Collection
from decimal import Decimal
from itertools import islice
from json.encoder import encode_basestring
from numbers import Integral, Real

import msgspec

DEPTH_MAX = 6
"""Nesting kept of a container; deeper parts, and cycles with them, become a marker."""

ITEMS_MAX = 200
"""Entries kept of a container."""

NAME_CHARS_MAX = 64
"""Kept of the name of a class."""

UNREADABLE = "[unreadable]"
"""Stands for a value whose own `__str__` fails."""


class Failed(str):
    """Stands for a lazy value that could not be had: `[failed:KeyError]`. Safe to write as it is."""

    __slots__ = ()


def is_a(value: object, kinds: type | tuple[type, ...]) -> bool:
    """`isinstance` that asks the value nothing: an object may fail at any look at it."""
    return issubclass(type(value), kinds)


def evaluated(value: object) -> object:
    """The value; of a lazy one (a callable that is no class) what it gives."""
    if not callable(value) or is_a(value, type):
        return value
    try:
        return value()
    except Exception as error:  # noqa: BLE001 - a host's own callable may raise anything
        return Failed(f"[failed:{type(error).__name__[:NAME_CHARS_MAX]}]")


_SAFE_WHOLE = 2**63
"""Whole numbers beyond 64 bits are written as floats; the platform keeps numbers as Float64."""


def quoted(text: str) -> str:
    """A JSON string. Lone surrogates, which UTF-8 cannot carry, become `?`."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return encode_basestring(text)


def number(value: float) -> str | None:
    """A JSON number, or None for what JSON has no number for (NaN and the infinities)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if -_SAFE_WHOLE <= value < _SAFE_WHOLE:
            return int.__repr__(value)
        try:
            value = float(value)
        except OverflowError:
            return None
    return float.__repr__(float(value)) if math.isfinite(value) else None


def as_number(value: object) -> int | float | None:
    """The plain number of a number of another kind (numpy's, a Decimal); None where it is none."""
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, (Real, Decimal)) else None


def cut(text: str, chars_max: int) -> str:
    """The text, cut to a length; the cut says how long it was."""
    if len(text) <= chars_max:
        return text
    return f"{text[:chars_max]}… [cut: {len(text)} chars]"


def as_text(value: object, chars_max: int) -> str:
    """One text for any object; containers become JSON."""
    try:
        return cut(_text(value, chars_max), chars_max)
    except Exception:  # noqa: BLE001 - a host's own __str__ may raise anything
        return UNREADABLE


def _text(value: object, chars_max: int) -> str:
    if isinstance(value, str):
        return str.__str__(value[: chars_max + 1]) if len(value) <= chars_max else cut(str(value), chars_max)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _bytes_text(bytes(value[: chars_max + 1]))
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return _text(value.value, chars_max)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, (dict, list, tuple, set, frozenset)):
        return msgspec.json.encode(_plain(value, DEPTH_MAX, _Room(chars_max))).decode("utf-8")
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    return str(value)


def _bytes_text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(value).decode("ascii")


class _Room:
    """How much of a container may still be written, in characters: shared parts may repeat without end."""

    __slots__ = ("chars",)

    def __init__(self, chars: int) -> None:
        self.chars = chars

    def take(self, text: str) -> str:
        """The text, and its length is gone."""
        self.chars -= len(text) + 1
        return text


def _plain(value: object, depth: int, room: _Room) -> object:
    """Containers rebuilt of what JSON knows, to a bounded depth, width and length."""
    if room.chars <= 0:
        return "…"
    if value is None or isinstance(value, bool):
        room.chars -= 1
        return value
    if isinstance(value, (int, float)):
        return msgspec.Raw(room.take(number(value) or "null").encode())
    if isinstance(value, (dict, list, tuple, set, frozenset)):
        if depth == 0:
            return room.take("[too deep]")
        return _plain_container(value, depth - 1, room)
    return _clean(room.take(as_text(value, max(room.chars, 1))))


def _plain_container(value: Collection[object], depth: int, room: _Room) -> object:
    room.chars -= 2
    if isinstance(value, dict):
        plain = {}
        for key, item in islice(value.items(), ITEMS_MAX):
            if room.chars > 0:
                plain[_clean(room.take(as_text(key, 128)))] = _plain(item, depth, room)
        return plain
    return [_plain(item, depth, room) for item in islice(value, ITEMS_MAX) if room.chars > 0]


def _clean(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
