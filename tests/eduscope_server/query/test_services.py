"""Services: how much, how fast, how much of it fails."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eduscope_server.query.scope import EVERY_TENANT, Scope
from eduscope_server.query.services import BUCKETS, read_services
from eduscope_server.query.times import Window
from eduscope_server.store import Store

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
HALF_HOUR = Window(NOON - timedelta(minutes=30), NOON)


def span(minutes_ago: float, duration_ms: float, **fields: Any) -> dict[str, Any]:
    """A request at the gateway."""
    return {
        "timestamp": NOON - timedelta(minutes=minutes_ago),
        "service_name": "gateway",
        "kind": "server",
        "duration_ms": duration_ms,
        "status": "unset",
        **fields,
    }


async def test_requests_are_the_spans_that_serve(
    clean_store: Store, put_spans: Callable[..., None], put_logs: Callable[..., None]
) -> None:
    put_spans(
        *(span(29.5, duration) for duration in range(1, 100)),
        span(0.5, 100, status="error", tenant_id="t1"),
        span(0.5, 1, kind="client", status="error"),
        span(0.5, 7, service_name="worker", kind="consumer"),
        span(31, 1),
    )
    put_logs({"timestamp": NOON - timedelta(minutes=1), "log_level": "info", "service_name": "cron"})
    found = await read_services(clean_store, window=HALF_HOUR, scope=EVERY_TENANT)
    cron, gateway, worker = found.services
    assert found.interval_seconds == 60
    assert (gateway.span_count, gateway.request_count) == (101, 100)
    assert gateway.error_rate == pytest.approx(0.01)
    assert gateway.requests_per_second == pytest.approx(100 / (29.5 * 60))
    assert gateway.p50_ms == pytest.approx(50, abs=1)
    assert gateway.p95_ms == pytest.approx(95, abs=1)
    assert (len(gateway.requests), gateway.requests[0], gateway.requests[-1]) == (BUCKETS, 99, 1)
    assert (gateway.errors[0], gateway.errors[-1]) == (0, 1)
    assert (worker.request_count, worker.p99_ms) == (1, 7)
    assert (cron.log_count, cron.request_count, cron.p50_ms, cron.error_rate) == (1, 0, None, 0)
    assert gateway.last_seen == NOON - timedelta(minutes=0.5)

    mine = await read_services(clean_store, window=HALF_HOUR, scope=Scope(("t1",)))
    assert [(s.service_name, s.request_count) for s in mine.services] == [("gateway", 1)]


@pytest.mark.parametrize(("first", "seconds"), [(20, 1200), (0.1, 60), (29.99, 1799.4)])
async def test_a_rate_is_taken_since_the_first_record(
    clean_store: Store,
    put_spans: Callable[..., None],
    put_logs: Callable[..., None],
    first: float,
    seconds: float,
) -> None:
    put_logs({"timestamp": NOON - timedelta(minutes=first), "log_level": "info", "service_name": "cron"})
    put_spans(span(0.05, 1), span(0.05, 1), span(31, 1))
    found = await read_services(clean_store, window=HALF_HOUR, scope=EVERY_TENANT)
    assert [service.requests_per_second for service in found.services] == [0, pytest.approx(2 / seconds)]


async def test_a_window_without_length_has_no_rates(
    clean_store: Store, put_spans: Callable[..., None]
) -> None:
    put_spans(span(0, 1))
    found = await read_services(clean_store, window=Window(NOON, NOON), scope=EVERY_TENANT)
    assert found.services == []
