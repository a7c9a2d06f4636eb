"""Looks for what must not be recorded: texts that a test knows, and whatever the detectors find."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from eduscope.privacy import find

Records = Iterable[tuple[str, Mapping[str, Any]]]
"""Records, each with the words that name it."""


def places_of(text: str, records: Records) -> Iterator[str]:
    """Where a text stands, whatever its case: as a field's value or a part of it, or in a field's name."""
    wanted = text.casefold()
    if not wanted:
        raise ValueError("the text to look for is empty; expected one that must not be recorded")
    for record, fields in records:
        for name, value in fields.items():
            if wanted in str(value).casefold():
                yield f"{record}, {name}"
            elif wanted in name.casefold():
                yield f"{record}, a field's name"


def findings(records: Records) -> Iterator[tuple[str, str]]:
    """What the strict detectors find in the texts, and where."""
    for record, fields in records:
        for name, value in fields.items():
            if isinstance(value, str):
                for _start, _end, kind in find(value, profile="message"):
                    yield kind, f"{record}, {name}"
