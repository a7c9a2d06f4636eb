"""Where spans go: the platform, Jaeger, Tempo, Honeycomb, any OTLP collector; each with a queue of its own.

All speak OTLP over HTTP in protobuf (OpenTelemetry Protocol 1.x, `POST …/v1/traces`).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from eduscope import metrics
from eduscope.complaint import complaint
from eduscope.config import Config
from eduscope.counters import counters
from eduscope.delivery import PROTOBUF, Delivery, Door, platform_door
from eduscope.export import Exporter, Piece
from eduscope.quiet import quiet

TRACES_PATH = "/v1/traces"

_dropped = metrics.counter("eduscope_dropped_spans", "Spans given up.", ("target", "reason"))
_exported = metrics.counter("eduscope_exported_spans", "Spans a target kept.", ("target",))
_queued = metrics.gauge("eduscope_span_queue_bytes", "Encoded spans waiting, in bytes.", ("target",))


def _platform(config: Config) -> Door:
    return platform_door(config.endpoint, config.ingest_key, TRACES_PATH, PROTOBUF)


def _jaeger(config: Config) -> Door:
    return _door(config.jaeger_endpoint, parse_headers(config.jaeger_headers))


def _tempo(config: Config) -> Door:
    headers = parse_headers(config.tempo_headers)
    if config.tempo_tenant:
        headers["X-Scope-OrgID"] = config.tempo_tenant
    return _door(config.tempo_endpoint, headers)


def _honeycomb(config: Config) -> Door:
    headers = {"x-honeycomb-team": config.honeycomb_key}
    if config.honeycomb_dataset:
        headers["x-honeycomb-dataset"] = config.honeycomb_dataset
    return _door(config.honeycomb_endpoint, headers)


def _otlp(config: Config) -> Door:
    return _door(config.otlp_endpoint, parse_headers(config.otlp_headers))


def _door(endpoint: str, headers: Mapping[str, str]) -> Door:
    """Targets of others get gzip, which every OTLP receiver reads (OTLP 1.x, 'OTLP/HTTP Request')."""
    url = endpoint.rstrip("/")
    url = url if url.endswith(TRACES_PATH) else url + TRACES_PATH
    return Door(url, PROTOBUF, headers, zstd=False)


PRESETS: dict[str, Callable[[Config], Door]] = {
    "platform": _platform,
    "jaeger": _jaeger,
    "tempo": _tempo,
    "honeycomb": _honeycomb,
    "otlp": _otlp,
}


def parse_headers(text: str) -> dict[str, str]:
    """`name=value,name=value` as a dictionary, the form of OTEL_EXPORTER_OTLP_HEADERS."""
    pairs = (pair.partition("=") for pair in text.split(",") if pair.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


class SpanTally:
    """Counts what became of the spans of one target."""

    def __init__(self, target: str) -> None:
        self.target = target

    def drop(self, reason: str, records: int = 1, /) -> None:
        """Counts spans given up."""
        _dropped.add((self.target, reason), records)
        counters.drop_spans(reason, records)

    def sent(self, *, records: int, size_bytes: int) -> None:
        """Counts a batch the target kept."""
        _exported.add((self.target,), records)
        counters.sent_spans += records


@dataclass(frozen=True, slots=True)
class Target:
    """One target and its queue."""

    name: str
    exporter: Exporter
    tally: SpanTally


class Targets:
    """All targets of a configuration."""

    def __init__(self, targets: list[Target]) -> None:
        self._targets = targets
        _queued.read_with(self._queue_sizes)

    @classmethod
    def of(cls, config: Config) -> "Targets":
        """The targets a configuration names."""
        return cls([_target(name, PRESETS[name](config), config) for name in config.trace_targets()])

    def offer(self, encoded: bytes, spans: int) -> None:
        """Queues one encoded batch for each target."""
        piece = Piece.of(encoded, spans)
        for target in self._targets:
            target.exporter.offer(piece)

    def drop(self, reason: str, spans: int) -> None:
        """Counts spans that no target gets."""
        for target in self._targets:
            target.tally.drop(reason, spans)

    def start(self) -> None:
        """Starts the threads: at the very end of a process none can be started."""
        for target in self._targets:
            target.exporter.start()

    def flush(self, timeout_seconds: float) -> bool:
        """Waits until every target has what it gets; False if the time was not enough."""
        until = time.monotonic() + timeout_seconds
        for target in self._targets:  # all begin at once: a dead one must not use up the time of the others
            target.exporter.flush(0)
        flushed = [target.exporter.flush(max(until - time.monotonic(), 0)) for target in self._targets]
        return all(flushed)

    def close(self, timeout_seconds: float) -> None:
        """Sends what it can in the time given, to all targets at once."""
        until = time.monotonic() + timeout_seconds
        for target in self._targets:
            target.exporter.begin_close(timeout_seconds)
        for target in self._targets:
            target.exporter.close(max(until - time.monotonic(), 0))
        _queued.forget(self._queue_sizes)

    def _queue_sizes(self) -> list[tuple[tuple[str, ...], float]]:
        return [((target.name,), target.exporter.queued_bytes) for target in self._targets]


def _target(name: str, door: Door, config: Config) -> Target:
    tally = SpanTally(name)
    exporter = Exporter(
        lambda: Delivery(door, config.export_timeout_seconds),
        queue_bytes=config.trace_queue_bytes,
        batch_bytes=config.export_batch_bytes,
        interval_seconds=0.05,  # the spans have waited for others to travel with already
        keep_newest=config.export_when_full == "drop_oldest",
        in_thread=_quieten,
        tally=tally,
        complain=complaint(f"spans do not reach {name}", check=_options(name)),
    )
    return Target(name, exporter, tally)


def _options(target: str) -> str:
    if target == "platform":
        return "EDUSCOPE_ENDPOINT and EDUSCOPE_INGEST_KEY"
    key = "KEY" if target == "honeycomb" else "HEADERS"
    return f"EDUSCOPE_{target.upper()}_ENDPOINT and EDUSCOPE_{target.upper()}_{key}"


def _quieten() -> None:
    quiet.on = True
