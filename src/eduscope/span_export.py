"""Spans on their way out: batched by OpenTelemetry, judged by the contract, sent by the official OTLP
exporter.
"""

import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status

from eduscope.config import Config
from eduscope.counters import counters
from eduscope.fields import IDS, Scalar, plans, safe_message
from eduscope.quiet import quiet

QUEUE_MAX_SPANS = 4096
BATCH_MAX_SPANS = 512
"""About 1 KB a span: the full queue stays below 5 MB."""

NAME_MAX_CHARS = 256
VALUE_MAX_CHARS = 8192

Attributes = Mapping[str, Any] | None


class SafeExporter(SpanExporter):
    """Hands spans on with every text judged by its field's class. Runs in the batch processor's thread."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Exports spans; counts those that were not taken."""
        quiet.on = True  # what the exporter logs about its own sending is not sent in turn
        try:
            result = self._inner.export([safe_span(span) for span in spans])
        except Exception:  # noqa: BLE001 - the batch processor would log it, and the host read it
            result = SpanExportResult.FAILURE
        finally:
            quiet.on = False
        if result is SpanExportResult.SUCCESS:
            counters.sent_spans += len(spans)
        else:
            counters.drop_spans("export_failed", len(spans))
        return result

    def shutdown(self) -> None:
        """Ends the inner exporter; a retry it waits for is given up."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Nothing waits here."""
        return self._inner.force_flush(timeout_millis)


class BatchProcessor(BatchSpanProcessor):
    """OpenTelemetry's batch processor; drops are counted, and flush and end are bounded in time."""

    def on_end(self, span: ReadableSpan) -> None:
        """Takes a span; a full queue drops the new one."""
        if len(self._batch_processor._queue) >= QUEUE_MAX_SPANS:
            counters.drop_spans("queue_full", 1)
            return
        super().on_end(span)

    def stop(self, timeout_seconds: float) -> None:
        """Sends what it can in the time given."""
        self._batch_processor.shutdown(timeout_millis=int(timeout_seconds * 1000))

    def force_flush(self, timeout_millis: int | None = None) -> bool:
        """Sends what waits. OpenTelemetry's own waits without a limit, so it waits in a thread of its own."""
        flushing = threading.Thread(target=super().force_flush, name="eduscope-flush", daemon=True)
        flushing.start()
        flushing.join((30_000 if timeout_millis is None else timeout_millis) / 1000)
        return not flushing.is_alive()


def batch_processor(config: Config, exporter: SpanExporter | None = None) -> BatchProcessor:
    """The processor that sends spans to the platform of a configuration, or to the exporter given."""
    return BatchProcessor(
        SafeExporter(exporter or _otlp_exporter(config)),
        max_queue_size=QUEUE_MAX_SPANS,
        max_export_batch_size=BATCH_MAX_SPANS,
        schedule_delay_millis=config.export_interval_seconds * 1000,
    )


def _otlp_exporter(config: Config) -> OTLPSpanExporter:
    headers = {"Authorization": f"Bearer {config.ingest_key}"} if config.ingest_key else {}
    return OTLPSpanExporter(
        endpoint=f"{config.endpoint}/v1/traces",
        headers=headers,
        timeout=config.export_timeout_seconds,
        compression=Compression.Gzip,
    )


def safe_span(span: ReadableSpan) -> ReadableSpan:
    """The span as it may leave the process."""
    status = span.status
    if status.description:
        status = Status(status.status_code, safe_message(status.description))
    return ReadableSpan(
        name=_safe_name(span.name),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=safe_attributes(span.attributes),
        events=[Event(_safe_name(e.name), safe_attributes(e.attributes), e.timestamp) for e in span.events],
        links=[Link(link.context, safe_attributes(link.attributes)) for link in span.links],
        kind=span.kind,
        status=status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


@lru_cache(maxsize=1024)
def _safe_name(name: str) -> str:
    return safe_message(name, NAME_MAX_CHARS)


def safe_attributes(attributes: Attributes) -> dict[str, Any]:
    """Attributes under their declared names, each judged by its class. Our own ids were checked when bound."""
    safe: dict[str, Any] = {}
    for name, value in (attributes or {}).items():
        if name in IDS or name == "duration_ms":
            safe[name] = value
            continue
        known = plans[name]
        if known.undeclared:
            known.count(value)
        kept: Scalar = known.judged.get(value) if value.__class__ is str else None
        if kept is None:
            kept = known.safe(value, VALUE_MAX_CHARS)
        if kept is not None:
            safe[known.key] = kept
    return safe
