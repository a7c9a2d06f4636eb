"""Looks for what must not be recorded: texts that a test knows, and whatever the detectors find."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from eduscope.privacy import find

Records = Iterable[tuple[str, Mapping[str, Any]]]
"""Records, each with the words that name it."""

BY_CHANCE_CHARS = 8
"""Shorter texts stand in drawn ids by chance: one id in 140 holds `ada`."""

_is_drawn = re.compile(r"[0-9a-f]{16}|[0-9a-f]{32}|[a-z]{3}_[a-z0-9]+_[a-z2-7]{26}").fullmatch
"""Whether a text is an id that the SDK drew, or a token."""


def places_of(text: str, records: Records) -> Iterator[str]:
    """Where a text stands, whatever its case: as a field's value or a part of it, or in a field's name. A short one is
    not looked for in ids that were drawn.
    """
    wanted = text.casefold()
    if not wanted:
        raise ValueError("the text to look for is empty; expected one that must not be recorded")
    for record, fields in records:
        for name, value in fields.items():
            held = str(value).casefold()
            if wanted in held and not (len(wanted) < BY_CHANCE_CHARS and _is_drawn(held)):
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
