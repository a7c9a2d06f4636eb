"""The SDK's numbers in Prometheus' own types, collected when `/metrics` is read."""

from collections.abc import Iterable, Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest, make_asgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import REGISTRY, Collector

from eduscope.counters import counters
from eduscope.export import queued_bytes
from eduscope.line import LEVELS
from eduscope.metrics import LATENCY_BUCKETS_SECONDS, ASGIApp, requests


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
        yield GaugeMetricFamily(
            "http_server_active_requests", "Requests running.", value=requests.in_progress
        )
        yield _request_durations()


def _lines() -> Iterable[tuple[str, int]]:
    return ((name, counters.lines[number]) for name, number in LEVELS.items())


def _counter(name: str, says: str, label: str, values: Iterable[tuple[str, int]]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, says, labels=[label])
    for value, count in list(values):
        family.add_metric([value], count)
    return family


def _request_durations() -> HistogramMetricFamily:
    """Under OpenTelemetry's name for it, so that its dashboards work."""
    family = HistogramMetricFamily(
        "http_server_request_duration_seconds",
        "Requests, to the last byte of the answer.",
        labels=["http_request_method", "http_route", "http_response_status_class"],
    )
    bounds = [*(f"{bound:g}" for bound in LATENCY_BUCKETS_SECONDS), "+Inf"]
    for key, (counts, total) in list(requests.series.items()):
        family.add_metric(key, list(zip(bounds, accumulate(counts), strict=True)), total[0])
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
