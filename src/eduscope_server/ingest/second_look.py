"""A second look at the few records that the gate stopped at.

It looks at bytes, so it also stops at ids whose random characters look like an address or an account, in some 2 of 300
bodies. To treat such a record apart costs an insert of its own: to read its texts costs a thousandth of that. Texts
that are made of others (lists, maps) and records that can be read in two ways get none: they are treated.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from eduscope.privacy import tenants
from eduscope.privacy.batch import redact_all

MAX_BYTES = 8 << 10
"""Of more records one has a find, most likely."""

Texts = Callable[[bytes], list[str] | None]
"""Gives every text of a body's records, names of fields and numbers too; None where that does not tell all."""

_NESTING = frozenset({"ArrayValue", "KeyValueList"})


def is_clean(texts: Iterable[str]) -> bool:
    """Whether the strict profile finds nothing in any of these, nor any tenant's finder."""
    sent = list(texts)
    if redact_all(sent) != sent:
        return False
    finders = tenants.everyones()
    return not any(finder.ranges(text, "message") for finder in finders for text in sent)


def request_texts(request_type: type[Message]) -> Texts:
    """The texts of OTLP requests in protobuf."""

    def texts(body: bytes) -> list[str] | None:
        message = request_type.FromString(body)
        found: list[str] = []
        # Of a field that comes twice only the last one is read: the message is shorter than the bytes then.
        return found if message.ByteSize() == len(body) and _gather(message, found) else None

    return texts


def _gather(message: Message, found: list[str]) -> bool:
    """Adds a message's texts; False where it holds lists or maps."""
    for field, value in message.ListFields():
        values = value if field.is_repeated else (value,)
        kind = field.message_type
        if field.type == FieldDescriptor.TYPE_STRING:
            found += values
        elif kind and (kind.name in _NESTING or not all(_gather(part, found) for part in values)):
            return False
    return True


def line_texts(body: bytes) -> list[str] | None:
    """The texts of JSON lines."""
    found: list[str] = []
    try:
        for line in body.splitlines():
            # Pairs, because a name may come twice; numbers as they are written, for they may be a card's.
            pairs = json.loads(line.decode(), object_pairs_hook=tuple, parse_int=str, parse_float=str)
            for pair in pairs:
                if any(isinstance(part, tuple | list) for part in pair):
                    return None
                found += filter(_is_text, pair)
    except (ValueError, TypeError, RecursionError):
        return None  # an object over several lines, a surrogate: only the inspection reads those
    return found


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
