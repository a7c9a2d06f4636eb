"""Start and end of the SDK: the only place where its parts are put together."""

import importlib
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eduscope import logging, prose, tracing
from eduscope.complaint import complaint
from eduscope.config import Config, ConfigurationError, load
from eduscope.consent import ConsentSource, use_source
from eduscope.contract import HIGH_VOLUME_EVENTS
from eduscope.contract.headers import ENVIRONMENT_HEADER, SERVICE_HEADER
from eduscope.counters import counters
from eduscope.debug_window import DebugWindow
from eduscope.epoch_links import INTERVAL_SECONDS, PATH, QUEUE_BYTES, EpochLinks, LinkTally
from eduscope.export import Exporter
from eduscope.fields import forget
from eduscope.line import LEVELS, NO_TRACE, Lines
from eduscope.output import WriteBytes, stdout_writer
from eduscope.privacy import KeyRing, KeyRingError, NetworkBits, redact, use_network_bits, use_ring
from eduscope.process_end import at_end, not_at_end
from eduscope.quiet import quiet
from eduscope.sampling import Sampling

if TYPE_CHECKING:
    from eduscope.events_client import EventsClient
    from eduscope.key_file import KeyFile
    from eduscope.spans import Spans
    from eduscope.standard_logging import Capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What one `init` started."""

    config: Config
    exporter: Exporter | None
    window: DebugWindow
    spans: "Spans | None"
    keys: "KeyFile | None"
    links: EpochLinks | None
    capture: "Capture | None"
    events: "EventsClient | None"


_EVERY_KIND_OF_KEY = "password=[SECRET] password: [SECRET] password>[SECRET]"

_running: Running | None = None
_lock = threading.RLock()
"""Re-entrant: a second SIGTERM, whose handler calls `shutdown` again, comes while the first one waits."""


def init(
    *,
    service: str | None = None,
    environment: str | None = None,
    release: str | None = None,
    consent: ConsentSource | None = None,
    **options: Any,
) -> Config:
    """Starts the SDK for this process and gives the configuration it runs with.

    What is not given is read from `EDUSCOPE_<NAME>`; see the configuration reference. Without an endpoint,
    lines go to stdout and nothing else is started. Calling it again with the same values changes nothing;
    with others, what ran is shut down and started anew. `consent` is asked whether product events may be
    recorded of somebody: see `eduscope.events`. Raises ConfigurationError for an unknown option or
    a value that cannot be used.

    >>> eduscope.init(service="courses", environment="production", release="2026.11.1")
    """
    global _running  # noqa: PLW0603 - a process has one SDK
    config = load({"service": service, "environment": environment, "release": release, **options})
    if consent is not None:
        if not callable(consent):
            raise ConfigurationError(
                f"consent= is of type {type(consent).__name__}; expected a function that is given the ids"
            )
        use_source(consent)
    with _lock:
        if _running is not None:
            if _running.config == config:
                return _running.config
            _stop(_running)
        _running = _start(config)
    return config


def shutdown() -> None:
    """Sends what waits, within `shutdown_timeout_seconds`, and stops. Loggers go on writing to stdout."""
    global _running
    with _lock:
        running, _running = _running, None
        if running is not None:
            _stop(running)
    use_source(None)


def flush(timeout_seconds: float = 5.0) -> bool:
    """Waits until the lines and spans so far are sent or given up. False if the time was not enough."""
    running = _running
    if running is None:
        return True
    lines_sent = running.exporter is None or running.exporter.flush(timeout_seconds)
    spans_sent = running.spans is None or running.spans.flush(timeout_seconds)
    events_sent = running.events is None or running.events.flush(timeout_seconds)
    return lines_sent and spans_sent and events_sent


def running_config() -> Config | None:
    """The configuration the SDK runs with, or None before `init` and after `shutdown`."""
    return None if _running is None else _running.config


def _start(config: Config) -> Running:
    _load_early(config)
    links = EpochLinks(partial(_make_link_exporter, config)) if config.endpoint else None
    keys = _use_token_keys(config, links)
    _share_metrics(config)
    spans = _start_spans(config) if config.tracing else None
    window = DebugWindow()
    exporter = _make_exporter(config, window) if config.endpoint else None
    lines = _lines(config, _writer(config, exporter), spans)
    window.over(lines)
    prose.use(config.prose_vault)
    logging.use(lines)
    tracing.use(spans)
    capture = _capture_standard(config) if config.stdlib_logging else None
    events = _start_events(config) if config.events_endpoint else None
    at_end(shutdown)
    return Running(
        config=config,
        exporter=exporter,
        window=window,
        spans=spans,
        keys=keys,
        links=links,
        capture=capture,
        events=events,
    )


def _lines(config: Config, write: WriteBytes, spans: "Spans | None") -> Lines:
    return Lines(
        service=config.service,
        environment=config.environment,
        release=config.release,
        level=config.level(),
        chars_max=config.value_max_chars,
        write=write,
        trace_text=spans.trace_text() if spans else lambda: NO_TRACE,
        sampling=Sampling({*HIGH_VOLUME_EVENTS, *config.high_volume_events}, config.high_volume_sample_rate),
    )


def _stop(running: Running) -> None:
    """Ends every part, all in the time of one: whichever target is away, the others get what is theirs."""
    timeout_seconds = running.config.shutdown_timeout_seconds
    until = time.monotonic() + timeout_seconds
    not_at_end(shutdown)
    running.window.end()
    if running.keys is not None:
        running.keys.end()
    if running.events is not None:
        importlib.import_module("eduscope.events").use(None)
    tracing.use(None)
    prose.use(False)
    logging.use(_lines(running.config, _writer(running.config, None), None))
    ending = [part for part in (running.exporter, running.links, running.events) if part is not None]
    for part in ending:
        _spared(part.begin_close, timeout_seconds)
    if running.spans is not None:
        _spared(running.spans.shutdown, timeout_seconds)
    for part in ending:
        _spared(part.close, max(until - time.monotonic(), 0))
    if running.capture is not None:
        running.capture.end()
    if "eduscope.metrics.port" in sys.modules:
        sys.modules["eduscope.metrics.port"].stop()


def _spared(end: Callable[[float], None], timeout_seconds: float) -> None:
    """A part that cannot be ended does not keep the others from it."""
    try:
        end(timeout_seconds)
    except Exception:  # noqa: BLE001 - the host's end must not fail for being observed
        counters.failure("shutdown")


def _load_early(config: Config) -> None:
    """Loads and compiles what the first line and the first sending load and compile otherwise.

    A request must not wait for it, and a fork in the middle of an import leaves a child that waits for ever where it
    needs the same module.
    """
    for text in (
        _EVERY_KIND_OF_KEY,
        _EVERY_KIND_OF_KEY * 3,
    ):  # short texts and long ones are looked over differently
        redact(text)
    if config.endpoint or config.trace_targets():
        "localhost".encode("idna")  # a connection's first name of a host loads this codec
    if config.endpoint and importlib.import_module("eduscope.delivery").has_zstd():
        importlib.import_module("zstandard")


def _use_token_keys(config: Config, links: EpochLinks | None) -> "KeyFile | None":
    """The key ring and what of addresses stays; what follows a file with the ring, for those who have one."""
    use_network_bits(NetworkBits(config.network_bits_v4, config.network_bits_v6))
    option = "token_keys_file" if config.token_keys_file else "token_keys"
    try:
        if config.token_keys_file:
            return _follow_key_file(Path(config.token_keys_file), links)
        if config.token_keys:
            _take_ring(KeyRing.parse(config.token_keys), links)
    except KeyRingError as error:
        raise ConfigurationError(f"{option} (EDUSCOPE_{option.upper()}) cannot be used: {error}") from error
    forget()
    return None


def _take_ring(ring: KeyRing, links: EpochLinks | None) -> None:
    """Makes tokens with a ring, and forgets those made before."""
    if links is not None:
        links.use(ring)
    use_ring(ring)
    forget()
    logging.lines().forget()


def _follow_key_file(path: Path, links: EpochLinks | None) -> "KeyFile":
    def take(ring: KeyRing) -> None:
        _take_ring(ring, links)

    def complain(what: str) -> None:
        logging.get_logger().error("key ring stays as it was", exception_message=what)

    followed: KeyFile = importlib.import_module("eduscope.key_file").KeyFile(
        path, take=take, complain=complain
    )
    return followed


def _start_spans(config: Config) -> "Spans":
    """OpenTelemetry takes longer to load than the rest of the SDK together, so it is loaded here and not
    above.
    """
    spans = importlib.import_module("eduscope.span_provider")
    target = None
    if config.trace_targets():
        target = importlib.import_module("eduscope.span_export").batch_processor(config)
    started: Spans = spans.set_up(config, target)
    return started


def _start_events(config: Config) -> "EventsClient":
    try:
        client = importlib.import_module("eduscope.events_client")
    except ImportError as error:
        raise ConfigurationError(
            "events_endpoint is set, but posthog is not installed; expected it: pip install eduscope[events]"
        ) from error
    made: EventsClient = client.EventsClient(config)
    importlib.import_module("eduscope.events").use(made)
    return made


def _share_metrics(config: Config) -> None:
    """Prometheus' client is loaded only for those who serve metrics from here."""
    if config.metrics_port or config.metrics_dir or os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        importlib.import_module("eduscope.metrics.port").start(config)


def _make_exporter(config: Config, window: DebugWindow) -> Exporter:
    delivery = importlib.import_module("eduscope.delivery")
    door = delivery.platform_door(config.endpoint, config.ingest_key)
    who = {SERVICE_HEADER: config.service, ENVIRONMENT_HEADER: config.environment}
    door = replace(door, headers={**door.headers, **who})
    return Exporter(
        lambda: delivery.Delivery(door, config.export_timeout_seconds, window.heard),
        queue_bytes=config.export_queue_bytes,
        batch_bytes=config.export_batch_bytes,
        interval_seconds=config.export_interval_seconds,
        keep_newest=config.export_when_full == "drop_oldest",
        in_thread=_quieten,
        complain=complaint(
            "lines do not reach the platform",
            check="EDUSCOPE_ENDPOINT and EDUSCOPE_INGEST_KEY",
            lines=_lines(config, _writer(config, None), None),
        ),
    )


def _make_link_exporter(config: Config) -> Exporter:
    delivery = importlib.import_module("eduscope.delivery")
    door = delivery.platform_door(config.endpoint, config.ingest_key, PATH)
    return Exporter(
        lambda: delivery.Delivery(door, config.export_timeout_seconds),
        queue_bytes=QUEUE_BYTES,
        batch_bytes=config.export_batch_bytes,
        interval_seconds=INTERVAL_SECONDS,
        in_thread=_quieten,
        tally=LinkTally(),
    )


def _quieten() -> None:
    """In the exporter's thread: neither log nor trace the sending."""
    quiet.on = True
    if "opentelemetry.context" in sys.modules:
        context = importlib.import_module("opentelemetry.context")
        context.attach(context.set_value(context._SUPPRESS_INSTRUMENTATION_KEY, True))


def _writer(config: Config, exporter: Exporter | None) -> WriteBytes:
    """One function for all places a line goes."""
    writers: list[WriteBytes] = [stdout_writer()] if config.stdout else []
    if config.prose_vault:
        writers = [prose.for_others(write) for write in writers]
    if exporter is not None:
        writers.append(prose.for_platform(exporter.offer) if config.prose_vault else exporter.offer)
    if len(writers) == 1:
        return writers[0]
    if not writers:
        return lambda line: None

    def write_all(line: bytes) -> None:
        for write in writers:
            write(line)

    return write_all


def _capture_standard(config: Config) -> "Capture":
    """`logging.config` is loaded here and not above: it brings sockets and queues along."""
    capture: Capture = importlib.import_module("eduscope.standard_logging").Capture(LEVELS[config.level()])
    return capture


def _after_fork() -> None:
    """In a child: another thread of the parent may have held the lock, and is not there to give it back."""
    global _lock  # noqa: PLW0603 - a lock cannot be reset
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_after_fork)
