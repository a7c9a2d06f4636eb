"""Every metric of the process by name; a name stands for one metric."""

import os
import threading
from typing import Any, TypeVar, cast

from eduscope.counters import counters
from eduscope.metrics.guard import Guard, Labels
from eduscope.metrics.instruments import Counter, Gauge, Histogram, Metric, MetricError, Reader

LATENCY_BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of a latency histogram: Prometheus' own defaults within what a request takes."""

_metrics: dict[str, Metric[Any]] = {}
_lock = threading.Lock()
_MetricT = TypeVar("_MetricT", bound=Metric[Any])


def counter(name: str, says: str, labels: Labels = ()) -> Counter:
    """A number that only grows. Prometheus shows it as `<name>_total`.

    The same name gives the same counter again. Raises MetricError where the name stands for something else.
    """
    return _register(Counter(name.removesuffix("_total"), says, tuple(labels), _guard(name, labels)))


def gauge(
    name: str, says: str, labels: Labels = (), read: Reader | None = None, *, across: str = "sum"
) -> Gauge:
    """A number that goes up and down. With `read`, it is asked for its values when `/metrics` is read.

    `across`: how the values of several workers become one: "sum", "max" or "min".

    >>> metrics.gauge("jobs_waiting", "Jobs waiting.", ("queue",), read=lambda: [(("grades",), len(grades))])
    """
    made = _register(Gauge(name, says, tuple(labels), _guard(name, labels), across))
    if read is not None:
        made.read_with(read)
    return made


def histogram(
    name: str, says: str, labels: Labels = (), buckets: tuple[float, ...] = LATENCY_BUCKETS_SECONDS
) -> Histogram:
    """Observations by bucket. `buckets` are upper bounds in the metric's unit, smallest first."""
    return _register(Histogram(name, says, tuple(labels), _guard(name, labels), tuple(buckets)))


def registered() -> list[Counter | Gauge | Histogram]:
    """Every metric, in the order they were declared."""
    return cast("list[Counter | Gauge | Histogram]", list(_metrics.values()))


def _register(made: _MetricT) -> _MetricT:
    with _lock:
        found = _metrics.setdefault(made.name, made)
    same = type(found) is type(made) and found.labels == made.labels
    if not same or getattr(found, "buckets", ()) != getattr(made, "buckets", ()):
        raise MetricError(
            f"{made.name} is declared as {made.kind} of {made.labels}; it is there already as {found.kind} of "
            f"{found.labels}: give it another name, or the same labels and buckets"
        )
    return cast("_MetricT", found)


def _guard(name: str, labels: Labels) -> Guard:
    return Guard(name, tuple(labels), _report_folded)


def _report_folded(metric: str, label: str) -> None:
    """Counts it, and says it once: the guard folds a label only once."""
    from eduscope.logging import get_logger  # noqa: PLC0415 - a service that only counts loads no logger

    _folded.add((metric, label))
    get_logger().warning(
        "a metric label has too many values; the rest is counted as other",
        **{"metric.name": metric, "metric.label": label},
    )


_folded = counter("eduscope_metrics_folded", "Labels folded into other.", ("metric", "label"))


def _after_fork() -> None:
    """A child counts for itself: what the parent counted is the parent's to tell."""
    for metric in registered():
        metric.start_over()
    counters.__init__()  # type: ignore[misc]  # the one object that every module holds


os.register_at_fork(after_in_child=_after_fork)
