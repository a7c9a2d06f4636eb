"""Numbers for Prometheus: counters, gauges and histograms, of the SDK and of the service.

>>> graded = eduscope.metrics.counter("quizzes_graded", "Quizzes graded.", labels=("outcome",))
>>> graded.add(("passed",))
>>> app.mount("/metrics", eduscope.metrics.asgi_app())

Counting is a dictionary look-up and an addition. Prometheus' own client is loaded only where `/metrics` is served.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
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
    "wsgi_app",
]

ASGIApp = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]


StartResponse = Callable[[str, list[tuple[str, str]]], object]
WSGIApp = Callable[[MutableMapping[str, Any], StartResponse], Iterable[bytes]]


def asgi_app() -> ASGIApp:
    """An ASGI application that answers with every metric of this process, or of all workers.

    In Prometheus' text format, or in OpenMetrics with exemplars where the Accept header asks for it.

    >>> app.mount("/metrics", eduscope.metrics.asgi_app())
    """
    from eduscope.metrics.apps import metrics_asgi  # noqa: PLC0415 - prometheus_client takes 30 ms to load

    return metrics_asgi


def wsgi_app() -> WSGIApp:
    """The same as a WSGI application.

    >>> app = DispatcherMiddleware(app, {"/metrics": eduscope.metrics.wsgi_app()})
    """
    from eduscope.metrics.apps import metrics_wsgi  # noqa: PLC0415 - prometheus_client takes 30 ms to load

    return metrics_wsgi


def text(accept: str = "") -> bytes:
    """Every metric in Prometheus' text format, or in the one that an Accept header asks for."""
    from eduscope.metrics.exposition import page  # noqa: PLC0415 - prometheus_client takes 30 ms to load

    return page(accept).body
