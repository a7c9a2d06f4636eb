"""How many records and attributes a body holds, before anything is made of them.

A record takes some 500 bytes of memory until it is stored, however little it says, an attribute some 50: 64 KiB of
gzip came to 33 million empty records, and 16 GiB.
"""

import sys
from functools import cache
from random import randrange
from typing import Any

from eduscope_server.ingest.division import GroupMet, fields
from eduscope_server.ingest.errors import TooLarge

RECORDS_MAX = 1_000_000
"""Five times as many as a body of 64 MiB has that a program wrote."""
PARTS_MAX = 5_000_000
"""Attributes and their values, events, links: as many as a body of 64 MiB has whose attributes take 27 bytes each."""
OBJECTS_MAX = 2_000_000
"""Both, for OTLP's JSON, where a record and an attribute are an object each."""
FIELDS_MAX = 5_000_000
"""Of JSON, as many as a body of 64 MiB has that has one every 13 bytes."""

SPARSE_BYTES = 2 * RECORDS_MAX
"""A shorter body can't hold more: a record takes at least two bytes. Most bodies are shorter, and are not counted."""
SAMPLES = 50
"""So many records tell how many parts all have: to count those of each would take as long as to store them."""
_RECORD_LEVEL = 2
_OTLP_FIELDS = (1, 2, 2)
_DEEPEST = 100
"""Messages within each other; the parser refuses more."""

Kind = dict[int, Any]
"""The fields of a message that hold messages, by number, and what kind each of those is."""


def check_requests(body: bytes, request: Any) -> None:
    """Raises `TooLarge` where an OTLP request in protobuf, which is known to be whole or not, has too many records or
    parts. `request` is the descriptor of its message.
    """
    if len(body) <= SPARSE_BYTES:
        return
    count = _Count(body)
    try:
        count.records(0, len(body), 0, request)
    except GroupMet:
        # They can't be counted, and no sender of OTLP makes them.
        raise _too_many(RECORDS_MAX, "records") from None
    except IndexError:
        return  # cut off: the parser says so


def check_objects(body: bytes) -> None:
    """The same for JSON: too many objects or fields. A colon in a text is taken for a field's."""
    if len(body) <= SPARSE_BYTES:
        return
    for most, what, sign in ((OBJECTS_MAX, "objects", b"{"), (FIELDS_MAX, "fields", b":")):
        if body.count(sign) > most:
            raise _too_many(most, what)


class _Count:
    """Counts the records of a body, and the parts of some of them, from which it concludes to all."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._records = 0
        self._parts = 0.0
        self._stride = len(body) // SAMPLES
        # One place in each part of the body, where no sender can expect it.
        self._places = iter([start + randrange(self._stride) for start in range(0, len(body), self._stride)])  # noqa: S311
        self._place = next(self._places)

    def records(self, start: int, stop: int, level: int, kind: Any) -> None:
        """Counts what is in a message that holds records, or messages that do."""
        children = _children(kind)
        for tag, number, payload, end in fields(self._body, start, min(stop, len(self._body))):
            if number not in children:
                continue
            self._records += 1
            if self._records > RECORDS_MAX:
                raise _too_many(RECORDS_MAX, "records")
            if number == _OTLP_FIELDS[level] and level < _RECORD_LEVEL:
                self.records(payload, end, level + 1, children[number])
            else:
                self._sample(tag, payload, end, children[number])

    def _sample(self, tag: int, start: int, stop: int, kind: Any) -> None:
        """Counts the parts of a record if it is large, or if a place lies in it: then for those beside it, too."""
        places = 0
        while self._place < stop:
            places += self._place >= tag
            self._place = next(self._places, sys.maxsize)
        size = stop - tag
        stands_for = 1.0 if size >= self._stride else places * self._stride / size
        if not stands_for:
            return
        self._parts += stands_for * self._within(start, stop, kind, PARTS_MAX, 0)
        if self._parts > PARTS_MAX:
            raise _too_many(PARTS_MAX, "attributes, values and events")

    def _within(self, start: int, stop: int, kind: Any, most: int, depth: int) -> int:
        """How many parts a message has; it stops counting where they are more than so many."""
        children = _children(kind)
        count = 0
        for _, number, payload, end in fields(self._body, start, min(stop, len(self._body))):
            if number in children:
                count += 1
                child = children[number]
                if child and payload < end and depth < _DEEPEST:
                    count += self._within(payload, end, child, most - count, depth + 1)
                if count > most:
                    break
        return count


@cache
def _children(kind: Any) -> Kind:
    """The fields that may come more than once, or hold a message: its descriptor, or None for mere values."""
    return {
        field.number: field.message_type for field in kind.fields if field.message_type or field.is_repeated
    }


def _too_many(most: int, what: str) -> TooLarge:
    return TooLarge(f"the body has more than {most} {what}", hint="send fewer records with each request")
