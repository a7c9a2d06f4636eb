"""How many records a body holds, before anything is made of them.

A record takes some 500 bytes of memory until it is stored, however little it says: 64 KiB of gzip came to 33 million
empty ones, and 16 GiB.
"""

from eduscope_server.ingest.division import GroupMet, fields
from eduscope_server.ingest.errors import TooLarge

RECORDS_MAX = 1_000_000
"""Five times as many as a body of 64 MiB has that a program wrote."""
OBJECTS_MAX = 2_000_000
"""The same for JSON, where an attribute is an object, too."""

SPARSE_BYTES = 2 * RECORDS_MAX
"""A shorter body can't hold more: a record takes at least two bytes. Most bodies are shorter, and are not counted."""
_RECORD_LEVEL = 3
_OTLP_FIELDS = (1, 2, 2)


def check_requests(body: bytes) -> None:
    """Raises `TooLarge` where an OTLP request in protobuf, which is known to be whole or not, has too many records."""
    if len(body) <= SPARSE_BYTES:
        return
    try:
        left = _counted_down(body, 0, len(body), 0, RECORDS_MAX)
    except GroupMet:
        left = -1  # they can't be counted, and no sender of OTLP makes them
    except IndexError:
        return  # cut off: the parser says so
    if left < 0:
        raise _too_many(RECORDS_MAX, "records")


def check_objects(body: bytes) -> None:
    """The same for JSON: too many objects."""
    if len(body) > SPARSE_BYTES and body.count(b"{") > OBJECTS_MAX:
        raise _too_many(OBJECTS_MAX, "objects")


def _counted_down(body: bytes, start: int, stop: int, level: int, left: int) -> int:
    """What is left of a number after the messages down to the records are taken from it; below 0 as soon as it is."""
    for _, number, payload, end in fields(body, start, min(stop, len(body))):
        if number != _OTLP_FIELDS[level]:
            continue
        left -= 1
        if level + 1 < _RECORD_LEVEL:
            left = _counted_down(body, payload, end, level + 1, left)
        if left < 0:
            return left
    return left


def _too_many(most: int, what: str) -> TooLarge:
    return TooLarge(f"the body has more than {most} {what}", hint="send fewer records with each request")
