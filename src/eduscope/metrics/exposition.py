"""Every metric in Prometheus' own types, collected when `/metrics` is read."""

from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest, make_asgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import REGISTRY, Collector

from eduscope.counters import counters
from eduscope.export import queued_bytes
from eduscope.line import LEVELS
from eduscope.metrics import ASGIApp
from eduscope.metrics.guard import Labels
from eduscope.metrics.instruments import Counter, Gauge, Histogram
from eduscope.metrics.registry import registered


class SdkCollector(Collector):
    """Reads the SDK's counters."""

    def collect(self) -> Iterator[Metric]:
        """Every metric, as of now."""
        yield _counter("eduscope_log_lines", "Lines written.", "level", _lines())
        yield _counter("eduscope_dropped_lines", "Lines given up.", "reason", counters.dropped.items())
        yield _counter("eduscope_dropped_spans", "Spans given up.", "reason", counters.dropped_spans.items())
        yield _counter("eduscope_undeclared_fields", "Strings tokenised.", "key", counters.undeclared.items())
        yield _counter("eduscope_sdk_failures", "The SDK's own faults.", "where", counters.failures.items())
        yield CounterMetricFamily("eduscope_exported_batches", "Batches kept.", value=counters.sent_batches)
        yield CounterMetricFamily("eduscope_exported_lines", "Lines kept.", value=counters.sent_lines)
        yield CounterMetricFamily("eduscope_exported_bytes", "Bytes kept.", value=counters.sent_bytes)
        yield CounterMetricFamily("eduscope_exported_spans", "Spans kept.", value=counters.sent_spans)
        yield GaugeMetricFamily(
            "eduscope_export_queue_bytes", "Lines waiting, in bytes.", value=queued_bytes()
        )
        for metric in registered():
            yield _family(metric)


def _lines() -> Iterable[tuple[str, int]]:
    return ((name, counters.lines[number]) for name, number in LEVELS.items())


def _counter(name: str, says: str, label: str, values: Iterable[tuple[str, int]]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, says, labels=[label])
    for value, count in list(values):
        family.add_metric([value], count)
    return family


def _family(metric: Counter | Gauge | Histogram) -> Metric:
    """One of our metrics as Prometheus' client has it."""
    if isinstance(metric, Histogram):
        return _histogram(metric)
    make = CounterMetricFamily if isinstance(metric, Counter) else GaugeMetricFamily
    family = make(metric.name, metric.says, labels=metric.labels)
    values = {labels: cell[0] for labels, cell in list(metric.series.items())}
    if isinstance(metric, Gauge):
        for labels, value in _read(metric):
            values[labels] = values.get(labels, 0) + value
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family


def _read(gauge: Gauge) -> Iterator[tuple[Labels, float]]:
    for read in list(gauge.readers):
        try:
            yield from list(read())
        except Exception:  # noqa: BLE001 - one bad reader must not hide every other metric
            counters.failure(f"metric:{gauge.name}")


def _histogram(metric: Histogram) -> HistogramMetricFamily:
    family = HistogramMetricFamily(metric.name, metric.says, labels=metric.labels)
    bounds = [*(f"{bound:g}" for bound in metric.buckets), "+Inf"]
    for labels, (counts, total, _) in list(metric.series.items()):
        family.add_metric(labels, list(zip(bounds, accumulate(counts), strict=True)), total[0])
    return family


_sdk_only = CollectorRegistry()
_sdk_only.register(SdkCollector())


class _Everything(Collector):
    """The host's own metrics, in prometheus_client's default registry, and the SDK's."""

    def collect(self) -> Iterator[Metric]:
        yield from REGISTRY.collect()
        yield from _sdk_only.collect()


_everything = CollectorRegistry(auto_describe=False)
_everything.register(_Everything())


def metrics_app() -> ASGIApp:
    """Serves the host's metrics and the SDK's."""
    app: ASGIApp = make_asgi_app(registry=_everything)
    return app


def metrics_text() -> bytes:
    """The host's metrics and the SDK's as text."""
    return generate_latest(_everything)
