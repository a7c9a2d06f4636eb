"""What an option of the SDK may be, and how its value is read."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit


@dataclasses.dataclass(frozen=True, slots=True)
class Option:
    """What is known of an option besides its name, type and default."""

    says: str
    wanted: str
    accepts: Callable[[Any], bool]
    secret: bool = False


def option(
    default: Any,
    says: str,
    *,
    wanted: str = "text",
    accepts: Callable[[Any], bool] = lambda value: True,
    secret: bool = False,
) -> Any:
    """A field of the table."""
    row = Option(says, wanted, accepts, secret)
    return dataclasses.field(default=default, metadata={"option": row})


def shape(pattern: str) -> Callable[[Any], bool]:
    """Accepts text that is of the pattern as a whole."""
    return lambda value: re.fullmatch(pattern, value) is not None


_is_address = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?").fullmatch


def is_address(value: str) -> bool:
    """Accepts an http:// or https:// address: with a host, and with no port or one that there is."""
    if _is_address(value) is None:
        return False
    parts = urlsplit(value)  # of what is no address it and `port` raise ValueError
    return bool(parts.hostname) and (parts.port is None or parts.port > 0)


def one_of(*words: str) -> dict[str, Any]:
    """What an option of a few words says and accepts."""
    return {"wanted": "one of " + ", ".join(w or "(empty)" for w in words), "accepts": words.__contains__}


def from_to(low: float, high: float, unit: str = "") -> dict[str, Any]:
    """What an option between two numbers says and accepts, ends included."""
    wanted = f"a number from {low:g} to {high:g}" + (f" ({unit})" if unit else "")
    return {"wanted": wanted, "accepts": lambda value: low <= value <= high}


def _read_text(got: object) -> str:
    if not isinstance(got, str):
        raise TypeError
    return got.rstrip("/") if got.startswith(("http://", "https://")) else got


def _read_switch(got: object) -> bool:
    if isinstance(got, bool):
        return got
    return {
        "true": True,
        "1": True,
        "yes": True,
        "on": True,
        "false": False,
        "0": False,
        "no": False,
        "off": False,
    }[str(got).strip().lower()]


def _read_number(got: object) -> float:
    if isinstance(got, bool) or not isinstance(got, (int, float, str)):
        raise TypeError
    return float(got)


def _read_whole(got: object) -> int:
    if isinstance(got, (bool, float)) or not isinstance(got, (int, str)):
        raise TypeError
    return int(got)


def _read_names(got: object) -> tuple[str, ...]:
    names = got.split(",") if isinstance(got, str) else got
    if not isinstance(names, (list, tuple, set, frozenset)):
        raise TypeError
    return tuple(name for each in names if (name := str(each).strip().lower()))


READERS: dict[type, Callable[[object], object]] = {
    str: _read_text,
    bool: _read_switch,
    float: _read_number,
    int: _read_whole,
    tuple: _read_names,
}
