"""The place a page ended, as an opaque word the reader hands back for the next one."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec

from eduscope_server.query.errors import ParameterError
from eduscope_server.query.times import EARLIEST, LATEST

_MAX_CHARACTERS = 300
MAX_GIVEN = 1_000_000
"""How many identical records of one microsecond can be paged through."""

P = TypeVar("P", "LogPlace", "TracePlace")


class LogPlace(msgspec.Struct, frozen=True, array_like=True, tag="logs", forbid_unknown_fields=True):
    """After the records of `timestamp`; or, with a `tie`, inside them.

    Records of one microsecond are ordered by a hash of their content. `given` of them with exactly this hash
    were on earlier pages, so that even identical records come once each.
    """

    timestamp: datetime
    tie: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 0
    given: Annotated[int, msgspec.Meta(ge=0, le=MAX_GIVEN)] = 0

    @property
    def is_inside_tie(self) -> bool:
        """Whether records of this very microsecond are still to come."""
        return self.given > 0


class TracePlace(msgspec.Struct, frozen=True, array_like=True, tag="traces", forbid_unknown_fields=True):
    """After the trace whose newest matching span started at `timestamp`."""

    timestamp: datetime
    trace_id: str


def write_place(place: LogPlace | TracePlace) -> str:
    """The place as a cursor."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(place)).decode().rstrip("=")


def read_log_place(cursor: str) -> LogPlace:
    """The place a cursor of a page of logs stands for. Raises `ParameterError`."""
    return _read(cursor, LogPlace)


def read_trace_place(cursor: str) -> TracePlace:
    """The place a cursor of a page of traces stands for. Raises `ParameterError`."""
    return _read(cursor, TracePlace)


def _read(cursor: str, kind: type[P]) -> P:
    unknown = ParameterError(
        "cursor", "is not one this API gave", hint="hand back next_cursor as it came, or leave it away"
    )
    if len(cursor) > _MAX_CHARACTERS:
        raise unknown
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place = msgspec.msgpack.decode(packed, type=kind)
    except (binascii.Error, UnicodeError, ValueError, msgspec.MsgspecError) as error:
        raise unknown from error
    if place.timestamp.tzinfo is None or not EARLIEST <= place.timestamp <= LATEST:
        raise unknown
    return place
