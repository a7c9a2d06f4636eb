"""Requests by route: their rate, errors and duration, in one histogram."""

import os

from eduscope.metrics.guard import Guard
from eduscope.metrics.instruments import Histogram, HistogramCell
from eduscope.metrics.registry import LATENCY_BUCKETS_SECONDS, gauge, histogram

NAME = "http_server_request_duration_seconds"
"""OpenTelemetry's name, so that its dashboards work."""

SAYS = "Requests, to the last byte of the answer."
LABELS = ("http_request_method", "http_route", "http_response_status_class")

_CLASSES = tuple(f"{hundreds}xx" for hundreds in range(10))


class Requests:
    """Requests by method, route and status class: a count per latency bucket and the sum of seconds."""

    def __init__(self, durations: Histogram | None = None) -> None:
        self.durations = durations or Histogram(
            NAME, SAYS, LABELS, Guard(NAME, LABELS, lambda metric, label: None), LATENCY_BUCKETS_SECONDS
        )
        self.in_progress = 0

    @property
    def series(self) -> dict[tuple[str, ...], HistogramCell]:
        """What was counted, by method, route and status class."""
        return self.durations.series

    def observe(self, method: str, route: str, status: int, seconds: float, trace_id: int | str = "") -> None:
        """Counts one finished request. `trace_id`: of a trace that is kept."""
        of_class = _CLASSES[status // 100] if 0 <= status < 1000 else "other"
        self.durations.observe((method, route, of_class), seconds, trace_id)


requests = Requests(histogram(NAME, SAYS, LABELS))
"""The process' own."""

gauge("http_server_active_requests", "Requests running.", read=lambda: [((), requests.in_progress)])


def _after_fork() -> None:
    requests.in_progress = 0


os.register_at_fork(after_in_child=_after_fork)
