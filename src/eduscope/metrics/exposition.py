"""Every metric as text: Prometheus' format, or OpenMetrics with exemplars for those who ask for it."""

import os
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client import Metric as PrometheusMetric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.core import Exemplar as PrometheusExemplar
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST as OPENMETRICS
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.registry import REGISTRY, Collector

from eduscope.counters import counters
from eduscope.metrics import workers
from eduscope.metrics.families import Family, Series

TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Page(NamedTuple):
    """What `/metrics` answers."""

    content_type: str
    body: bytes


def page(accept: str = "") -> Page:
    """Every metric in the format that an Accept header asks for."""
    everything = CollectorRegistry(auto_describe=False)
    everything.register(_Everything(workers.families()))
    if wants_openmetrics(accept):
        return Page(OPENMETRICS, generate_openmetrics(everything))  # type: ignore[no-untyped-call]
    return Page(TEXT, generate_latest(everything))


def wants_openmetrics(accept: str) -> bool:
    """Whether an Accept header prefers OpenMetrics to the text format (RFC 9110, 12.5.1)."""
    preferred = {"application/openmetrics-text": 0.0, "text/plain": 0.0}
    for offer in accept.lower().split(","):
        media, *parameters = (part.strip() for part in offer.split(";"))
        if media in preferred:
            preferred[media] = max(preferred[media], _quality(parameters))
    return preferred["application/openmetrics-text"] > 0 and (
        preferred["application/openmetrics-text"] >= preferred["text/plain"]
    )


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


class _Everything(Collector):
    """The SDK's metrics, and the host's own in prometheus_client's registry. Of two with one name, ours."""

    def __init__(self, families: list[Family]) -> None:
        self._families = families

    def collect(self) -> Iterator[PrometheusMetric]:
        ours = {family.name for family in self._families}
        yield from (metric for metric in _host_metrics() if metric.name not in ours)
        yield from (_as_prometheus(family) for family in self._families)


def _host_metrics() -> list[PrometheusMetric]:
    """What the host counts with prometheus_client itself.

    Several workers share theirs through PROMETHEUS_MULTIPROC_DIR. Where only ours are shared, the host's are left
    out: each answer would show another worker's.
    """
    try:
        if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            return list(MultiProcessCollector(None, folder).collect())  # type: ignore[no-untyped-call]
        return [] if workers.shared() else list(REGISTRY.collect())
    except Exception:  # noqa: BLE001 - a collector of the host that fails must not hide ours
        counters.failure("host_metrics")
        return []


def _as_prometheus(family: Family) -> PrometheusMetric:
    if family.kind == "histogram":
        return _histogram(family)
    make = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
    metric = make(family.name, family.says, labels=family.labels)
    for series in family.series:
        metric.add_metric(series.labels, series.value)
    return metric


def _histogram(family: Family) -> HistogramMetricFamily:
    metric = HistogramMetricFamily(family.name, family.says, labels=family.labels)
    bounds = [*(f"{float(bound)}" for bound in family.buckets), "+Inf"]
    for series in family.series:
        metric.add_metric(series.labels, _buckets(series, bounds), series.value)
    return metric


Bucket = tuple[str, float] | tuple[str, float, PrometheusExemplar]


def _buckets(series: Series, bounds: list[str]) -> list[Bucket]:
    """Cumulated, each with its exemplar where there is one."""
    buckets: list[Bucket] = []
    for bound, count, seen in zip(bounds, accumulate(series.counts), series.exemplars, strict=True):
        if seen is None:
            buckets.append((bound, count))
        else:
            trace = {"trace_id": seen.trace_id}
            buckets.append((bound, count, PrometheusExemplar(trace, seen.value, seen.timestamp_seconds)))
    return buckets
