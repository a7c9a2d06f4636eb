"""Numbers for Prometheus: counters, gauges and histograms, of the SDK and of the service.

>>> graded = eduscope.metrics.counter("quizzes_graded", "Quizzes graded.", labels=("outcome",))
>>> graded.add(("passed",))
>>> app.mount("/metrics", eduscope.metrics.asgi_app())

Counting is a dictionary look-up and an addition. Prometheus' own client is loaded only where `/metrics` is served.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from eduscope.metrics.guard import OTHER, SERIES_MAX
from eduscope.metrics.instruments import Counter, Exemplar, Gauge, Histogram, MetricError
from eduscope.metrics.red import Requests, requests
from eduscope.metrics.registry import LATENCY_BUCKETS_SECONDS, counter, gauge, histogram

__all__ = [
    "LATENCY_BUCKETS_SECONDS",
    "OTHER",
    "SERIES_MAX",
    "Counter",
    "Exemplar",
    "Gauge",
    "Histogram",
    "MetricError",
    "Requests",
    "asgi_app",
    "counter",
    "gauge",
    "histogram",
    "requests",
    "text",
]

ASGIApp = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]


def asgi_app() -> ASGIApp:
    """An ASGI application that answers with every metric of this process, in Prometheus' text format.

    >>> app.mount("/metrics", eduscope.metrics.asgi_app())
    """
    from eduscope.metrics.exposition import metrics_app  # noqa: PLC0415 - prometheus_client takes 30 ms to load

    return metrics_app()


def text() -> bytes:
    """Every metric of this process in Prometheus' text format."""
    from eduscope.metrics.exposition import metrics_text  # noqa: PLC0415 - prometheus_client takes 30 ms to load

    return metrics_text()
