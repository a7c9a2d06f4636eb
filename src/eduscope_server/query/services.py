"""Reads services: which there are, how much they do, how fast, and how much of it fails."""

import asyncio
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from eduscope_server.query.fields import LOGS, SPANS
from eduscope_server.query.scope import Scope
from eduscope_server.query.sql import Condition
from eduscope_server.query.statement import statement
from eduscope_server.query.times import Window
from eduscope_server.store import Store

BUCKETS = 30
"""Points of the small curves beside each service."""

SHORTEST_SECONDS = 60.0
"""A rate is taken over so long a time at least: two requests within a second are not two a second."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Service(msgspec.Struct, kw_only=True, frozen=True):
    """A service over a window. Durations are null where it served no request.

    `requests_per_second` is the mean since the window's first record of any service: what a platform that was
    started a minute ago has seen is not spread over an hour.
    """

    service_name: str
    log_count: int
    span_count: int
    request_count: int
    requests_per_second: float
    error_rate: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    last_seen: datetime
    requests: list[int]
    errors: list[int]


@dataclass(frozen=True, slots=True)
class Services:
    """Every service that sent anything, by name; the length of one point of the curves."""

    services: list[Service]
    interval_seconds: float


async def read_services(store: Store, *, window: Window, scope: Scope, tenant: str = "") -> Services:
    """The services that logged or did anything in the window, as far as the scope may see."""
    logs = Condition(LOGS).within(window).seen_by(scope).of_tenant(tenant)
    spans = Condition(SPANS).within(window).seen_by(scope).of_tenant(tenant)
    interval = max(window.seconds / BUCKETS, 0.001)
    grid = {
        "start_us": (window.start - _EPOCH) // _MICROSECOND,
        "interval_us": math.ceil(interval * 1_000_000),
    }
    log_rows, span_rows, points = await asyncio.gather(
        store.fetch(statement("services.sql", "logs", condition=logs), logs.parameters),
        store.fetch(statement("services.sql", "spans", condition=spans), spans.parameters),
        store.fetch(
            statement("services.sql", "requests_over_time", condition=spans), spans.parameters | grid
        ),
    )
    by_logs = {row["service_name"]: row for row in log_rows}
    by_spans = {row["service_name"]: row for row in span_rows}
    curves: dict[str, list[dict[str, Any]]] = {}
    for point in points:
        curves.setdefault(point["service_name"], []).append(point)
    first = min((row["first_seen"] for row in (*log_rows, *span_rows)), default=window.start)
    seconds = max((window.end - first).total_seconds(), min(SHORTEST_SECONDS, window.seconds))
    services = [
        _service(name, by_logs.get(name), by_spans.get(name), curves.get(name, []), seconds)
        for name in sorted(by_logs.keys() | by_spans.keys())
    ]
    return Services(services, interval)


def _service(
    name: str,
    logs: dict[str, Any] | None,
    spans: dict[str, Any] | None,
    points: list[dict[str, Any]],
    seconds: float,
) -> Service:
    requests, errors = [0] * BUCKETS, [0] * BUCKETS
    for point in points:
        slot = min(point["slot"], BUCKETS - 1)
        requests[slot] += point["requests"]
        errors[slot] += point["errors"]
    count = spans["request_count"] if spans else 0
    p50, p95, p99 = spans["durations_ms"] if spans and count else (None, None, None)
    return Service(
        service_name=name,
        log_count=logs["log_count"] if logs else 0,
        span_count=spans["span_count"] if spans else 0,
        request_count=count,
        requests_per_second=count / seconds if seconds else 0.0,
        error_rate=spans["error_count"] / count if spans and count else 0.0,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        last_seen=max(row["last_seen"] for row in (logs, spans) if row),
        requests=requests,
        errors=errors,
    )
