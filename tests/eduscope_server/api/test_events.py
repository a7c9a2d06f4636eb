"""Live tail over HTTP: server-sent events as a browser reads them."""

from datetime import UTC, datetime

from eduscope_server.api.events import KEEP_ALIVE, as_events
from eduscope_server.query.records import Log
from eduscope_server.query.tail import Arrived, Dropped, Quiet

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_a_record_is_one_event_on_one_line() -> None:
    texts = dict.fromkeys(
        ("service_name", "tenant_id", "correlation_id", "user_id", "request_id", "trace_id", "span_id"), ""
    )
    log = Log(
        timestamp=NOON,
        log_level="info",
        **texts,
        duration_ms=None,
        message="two\nlines\r\n\r\nevent: evil",
        environment="",
        release="",
        received_at=NOON,
        attributes={},
        marks=[],
    )
    event = as_events(Arrived([log]))
    assert event.startswith(b'event: log\ndata: {"timestamp":"2026-01-31T12:00:00Z"')
    assert event.endswith(b"}\n\n")
    assert event.count(b"\n") == 3
    assert b"\r" not in event


def test_a_flood_and_silence_have_their_own() -> None:
    assert as_events(Dropped(7)) == b'event: dropped\ndata: {"count": 7}\n\n'
    assert as_events(Quiet()) == KEEP_ALIVE
