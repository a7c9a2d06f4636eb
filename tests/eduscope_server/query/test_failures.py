"""Failures: what is one and the same, counted once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from eduscope_server.query.failures import Failure, read_failures
from eduscope_server.query.fields import LOGS, SPANS
from eduscope_server.query.question import ask
from eduscope_server.query.scope import EVERY_TENANT, Scope
from eduscope_server.query.times import Window
from eduscope_server.store import Store

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
HOUR = Window(NOON - timedelta(hours=1), NOON)
Put = Callable[..., None]


def failed(minutes_ago: int, message: str, **fields: Any) -> dict[str, Any]:
    """An error line of the courses service."""
    return {
        "timestamp": NOON - timedelta(minutes=minutes_ago),
        "log_level": "error",
        "service_name": "courses",
        "message": message,
        **fields,
    }


async def read(store: Store, query: str = "", scope: Scope = EVERY_TENANT) -> list[Failure]:
    """The failures a query finds."""
    logs, spans = (ask(schema, window=HOUR, scope=scope, query=query) for schema in (LOGS, SPANS))
    return await read_failures(store, logs=logs, spans=spans, limit=100)


async def test_messages_that_differ_in_numbers_and_ids_are_one_kind(
    clean_store: Store, put_logs: Put
) -> None:
    put_logs(
        failed(3, "No seat 12 in course deadbeef01", correlation_id="corr-old1"),
        failed(1, "No seat 7 in course cafebabe02", correlation_id="corr-new1", tenant_id="t1"),
        failed(2, "No seat 7 in course cafebabe02", log_level="critical"),
        failed(2, "Other"),
        failed(2, "No seat 7 in course cafebabe02", log_level="warning"),
    )
    found = await read(clean_store)
    assert [(f.message, f.count) for f in found] == [("No seat 7 in course cafebabe02", 3), ("Other", 1)]
    assert (found[0].first_seen, found[0].last_seen) == (
        NOON - timedelta(minutes=3),
        NOON - timedelta(minutes=1),
    )
    assert found[0].correlation_id == "corr-new1"
    assert [f.message for f in await read(clean_store, "other")] == ["Other"]
    assert [f.count for f in await read(clean_store, scope=Scope(("t1",)))] == [1]


async def test_an_exception_that_was_also_logged_counts_once(
    clean_store: Store, put_logs: Put, put_spans: Put
) -> None:
    attributes = {"exception.type": "PoolTimeout", "exception.message": "no connection in 500 ms"}
    event = {"timestamp": NOON - timedelta(minutes=5), "name": "exception", "attributes": attributes}
    spans = [
        {
            "timestamp": NOON - timedelta(minutes=5),
            "service_name": "courses",
            "trace_id": trace * 32,
            "duration_ms": 1,
            "status": "error",
            "events": [event, {**event, "name": "retry"}],
        }
        for trace in "ab"
    ]
    put_spans(*spans)
    put_logs(failed(5, "Request failed", attributes=attributes, trace_id="a" * 32))
    found = await read(clean_store)
    assert [(f.type, f.message, f.count) for f in found] == [("PoolTimeout", "no connection in 500 ms", 2)]
