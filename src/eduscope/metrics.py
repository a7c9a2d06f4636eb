"""What the service and the SDK are doing, as numbers for Prometheus.

Counting a request is two list additions; Prometheus' own client is loaded only where `/metrics` is served.
"""

from bisect import bisect_left
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

LATENCY_BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the latency histogram: Prometheus' own defaults within what a request takes."""

SERIES_MAX = 1000
"""Combinations of method, route and status class kept apart; the rest is counted under the route
`(other)`.
"""

OTHER_ROUTE = "(other)"

SeriesKey = tuple[str, str, str]
ASGIApp = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]


class Requests:
    """Requests by method, route and status class: a count per latency bucket and the sum of seconds.

    No lock: between reading and storing one number CPython does not switch threads, as no call stands
    between them.
    """

    def __init__(self) -> None:
        self.series: dict[SeriesKey, tuple[list[int], list[float]]] = {}
        self.in_progress = 0

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts one finished request."""
        key = (method, route, f"{status // 100}xx")
        found = self.series.get(key)
        if found is None:
            if len(self.series) >= SERIES_MAX:
                key = (method, OTHER_ROUTE, key[2])
            found = self.series.setdefault(key, ([0] * (len(LATENCY_BUCKETS_SECONDS) + 1), [0.0]))
        counts, total = found
        bucket = bisect_left(LATENCY_BUCKETS_SECONDS, seconds)
        counts[bucket] += 1
        total[0] += seconds


requests = Requests()
"""The process' own."""


def asgi_app() -> ASGIApp:
    """An ASGI application that answers with every metric of this process, in Prometheus' text format.

    >>> app.mount("/metrics", eduscope.metrics.asgi_app())
    """
    from eduscope.exposition import metrics_app  # noqa: PLC0415 - prometheus_client takes 30 ms to load

    return metrics_app()


def text() -> bytes:
    """Every metric of this process in Prometheus' text format."""
    from eduscope.exposition import metrics_text  # noqa: PLC0415 - prometheus_client takes 30 ms to load

    return metrics_text()
