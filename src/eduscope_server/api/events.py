"""Live tail as server-sent events (WHATWG HTML, section 9.2)."""

import time
from collections.abc import AsyncIterator

import msgspec

from eduscope_server.query.tail import Arrived, Dropped, Quiet, Round

KEEP_ALIVE = b": keep-alive\n\n"
"""A comment: keeps proxies from closing a quiet stream, and finds out readers that have gone."""
KEEP_ALIVE_SECONDS = 15.0


def as_events(part: Round) -> bytes:
    """A round as events: JSON has no line breaks, so each event's data is one line."""
    match part:
        case Arrived(logs):
            return b"".join(b"event: log\ndata: " + msgspec.json.encode(log) + b"\n\n" for log in logs)
        case Dropped(count):
            return b'event: dropped\ndata: {"count": %d}\n\n' % count
        case _:
            return KEEP_ALIVE


async def as_stream(first: Round, rounds: AsyncIterator[Round]) -> AsyncIterator[bytes]:
    """Rounds as a stream of events; quiet ones only so often as the stream needs to be kept alive."""
    yield as_events(first)
    sent = time.monotonic()
    async for part in rounds:
        now = time.monotonic()
        if not isinstance(part, Quiet) or now - sent >= KEEP_ALIVE_SECONDS:
            sent = now
            yield as_events(part)
