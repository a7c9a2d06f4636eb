"""What the doors count about themselves, for `/metrics`."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from eduscope.privacy import failures

COMMIT_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class IngestMetrics:
    """Counters of bodies, bytes and refusals by signal."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.bodies = Counter(
            "eduscope_ingest_bodies",
            "Bodies taken, by signal and lane.",
            ["signal", "lane"],
            registry=registry,
        )
        self.body_bytes = Counter(
            "eduscope_ingest_body_bytes",
            "Bytes of bodies taken, decompressed, by signal and lane.",
            ["signal", "lane"],
            registry=registry,
        )
        self.refused = Counter(
            "eduscope_ingest_refused",
            "Bodies refused, by signal and reason.",
            ["signal", "reason"],
            registry=registry,
        )
        self.unreadable = Counter(
            "eduscope_ingest_unreadable",
            "Bodies that the engine could not read and Python was asked to.",
            ["signal"],
            registry=registry,
        )
        self.not_plain = Counter(
            "eduscope_ingest_not_plain",
            "Bodies that the plain inlet refused and the full one took.",
            ["signal"],
            registry=registry,
        )
        self.odd = Counter(
            "eduscope_ingest_odd",
            "Bodies with a field whose name or value has a shape that only Python treats.",
            ["signal"],
            registry=registry,
        )
        self.repeated = Counter(
            "eduscope_ingest_repeated",
            "Batches sent again that were stored already.",
            ["signal"],
            registry=registry,
        )
        self.seconds = Histogram(
            "eduscope_ingest_seconds",
            "From a request's first byte to its answer, which is given after its commit.",
            ["signal"],
            buckets=COMMIT_BUCKETS,
            registry=registry,
        )
        self.held_bytes = Gauge(
            "eduscope_ingest_held_bytes", "Bytes of bodies in the process now.", registry=registry
        )
        registry.register(_WithheldTexts())


class _WithheldTexts(Collector):
    """What the detectors count themselves. The library has the same counter, of its own process."""

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(
            "eduscope_privacy_withheld_texts",
            "Texts withheld because a detector raised, by the error's type.",
            labels=["error_type"],
        )
        for error_type, texts in failures.counts.items():
            family.add_metric([error_type], texts)
        yield family
