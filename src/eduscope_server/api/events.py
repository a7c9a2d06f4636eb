"""Live tail as server-sent events (WHATWG HTML, section 9.2)."""

import msgspec

from eduscope_server.query.tail import Arrived, Dropped, Round

KEEP_ALIVE = b": keep-alive\n\n"
"""A comment: keeps proxies from closing a quiet stream, and finds out readers that have gone."""


def as_events(part: Round) -> bytes:
    """A round as events: JSON has no line breaks, so each event's data is one line."""
    match part:
        case Arrived(logs):
            return b"".join(b"event: log\ndata: " + msgspec.json.encode(log) + b"\n\n" for log in logs)
        case Dropped(count):
            return b'event: dropped\ndata: {"count": %d}\n\n' % count
        case _:
            return KEEP_ALIVE
