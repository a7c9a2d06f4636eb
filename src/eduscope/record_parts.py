"""The parts of a record of `logging`, before they become its text."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

Reading = Callable[[logging.LogRecord], tuple[object, dict[str, Any]]]
"""Gives a record's message and fields."""


def arguments(record: logging.LogRecord, count: int) -> tuple[Any, ...]:
    """A record's positional arguments; ValueError where there are fewer than expected."""
    if not isinstance(record.args, tuple) or len(record.args) < count:
        raise ValueError(f"a record of {record.name} has other arguments; expected {count}")
    return record.args[:count]


def named(record: logging.LogRecord) -> Mapping[str, Any]:
    """A record's arguments by name; ValueError where they have none."""
    if not isinstance(record.args, Mapping):
        raise ValueError(f"a record of {record.name} has other arguments; expected them by name")
    return record.args
