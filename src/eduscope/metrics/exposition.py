"""Every metric as text: Prometheus' format, or OpenMetrics with exemplars for those who ask for it."""

import os
from typing import NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client import Metric as PrometheusMetric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST as OPENMETRICS
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.registry import REGISTRY, Collector

from eduscope.counters import counters
from eduscope.metrics import workers
from eduscope.metrics.rendering import rendered

TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Page(NamedTuple):
    """What `/metrics` answers."""

    content_type: str
    body: bytes


def page(accept: str = "") -> Page:
    """Every metric in the format that an Accept header asks for."""
    families = workers.families()
    openmetrics = wants_openmetrics(accept)
    host = _host_text({family.name for family in families}, openmetrics=openmetrics)
    own = rendered(families, openmetrics=openmetrics).encode("utf-8", "replace")
    if openmetrics:
        return Page(OPENMETRICS, host.removesuffix(b"# EOF\n") + own + b"# EOF\n")
    return Page(TEXT, host + own)


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


class _Host(Collector):
    """The host's own metrics but those of a name that is ours."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken

    def collect(self) -> list[PrometheusMetric]:
        """As of now."""
        return [metric for metric in _host_metrics() if metric.name not in self._taken]


def _host_text(taken: set[str], *, openmetrics: bool) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Host(taken))
    try:
        return bytes((generate_openmetrics if openmetrics else generate_latest)(registry))
    except Exception:  # noqa: BLE001 - a metric of the host that cannot be written must not hide ours
        counters.failure("host_metrics")
        return b""


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
