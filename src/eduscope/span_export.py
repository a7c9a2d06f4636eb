"""Spans on their way out: judged by the contract, encoded by OpenTelemetry's own encoder, sent to every target."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, SpanContext, Status

from eduscope.binding import ID_CHARS_MAX
from eduscope.config import Config
from eduscope.counters import counters
from eduscope.fields import IDS, Scalar, plans, safe_message
from eduscope.privacy import is_token, tenants, tokenize
from eduscope.quiet import quiet
from eduscope.record_ids import is_correlation_id, is_tenant_id
from eduscope.span_queue import SpanQueue
from eduscope.trace_targets import Targets

NAME_MAX_CHARS = 256
VALUE_MAX_CHARS = 8192

RESOURCES_MAX = 16
"""A process has one; a test suite some more."""

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


def batch_processor(config: Config, exporter: SpanExporter | None = None) -> SpanQueue:
    """What takes ended spans to the targets of a configuration, or to the exporter given."""
    if exporter is not None:
        safe = SafeExporter(exporter)
        return SpanQueue(lambda spans: _export(safe, spans), interval_seconds=config.export_interval_seconds)
    targets = Targets.of(config)

    def deliver(spans: Sequence[ReadableSpan]) -> None:
        targets.offer(encode_spans([safe_span(span) for span in spans]).SerializeToString(), len(spans))

    return SpanQueue(
        deliver,
        interval_seconds=config.export_interval_seconds,
        start_targets=targets.start,
        flush_targets=targets.flush,
        close_targets=targets.close,
        drop=targets.drop,
    )


def _export(exporter: SpanExporter, spans: Sequence[ReadableSpan]) -> None:
    exporter.export(spans)


def safe_span(span: ReadableSpan) -> ReadableSpan:
    """The span as it may leave the process."""
    status = span.status
    if status.description:
        status = Status(status.status_code, safe_message(status.description))
    return ReadableSpan(
        name=_safe_name(span.name),
        context=_plain(span.context),
        parent=_plain(span.parent),
        resource=_safe_resource(span.resource),
        attributes=safe_attributes(_held(span)),
        events=[Event(_safe_name(e.name), safe_attributes(e.attributes), e.timestamp) for e in span.events],
        links=[Link(_bare(link.context), safe_attributes(link.attributes)) for link in span.links],
        kind=span.kind,
        status=status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _held(span: ReadableSpan) -> Attributes:
    """The attributes as the span holds them: OpenTelemetry's view of them runs Python for each, 2 µs of a span's 9."""
    held = getattr(span, "_attributes", None)
    held = getattr(held, "_dict", held)
    return held if isinstance(held, dict) else span.attributes


def _plain(context: SpanContext | None) -> SpanContext | None:
    return None if context is None else _bare(context)


def _bare(context: SpanContext) -> SpanContext:
    """The context without its `tracestate`: whoever called may have written anything into it."""
    if not context.trace_state:
        return context
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)


_resources: dict[int, tuple[Resource, Resource]] = {}
"""By identity: a resource's hash is that of its JSON, made anew each time."""


def _safe_resource(resource: Resource) -> Resource:
    """The resource, judged too: the host may add to it by OTEL_RESOURCE_ATTRIBUTES."""
    found = _resources.get(id(resource))
    if found is None or found[0] is not resource:
        if len(_resources) >= RESOURCES_MAX:
            _resources.clear()
        found = (resource, Resource(safe_attributes(resource.attributes), resource.schema_url))
        _resources[id(resource)] = found
    return found[1]


@lru_cache(maxsize=1024)
def _safe_name(name: str) -> str:
    return safe_message(name, NAME_MAX_CHARS)


tenants.on_change(_safe_name.cache_clear)
tenants.on_change(_resources.clear)


def safe_attributes(attributes: Attributes) -> dict[str, Any]:
    """Attributes under their declared names, each judged by its class."""
    safe: dict[str, Any] = {}
    for name, value in (attributes or {}).items():
        if name in IDS:
            kept_id = _safe_id(name, value)
            if kept_id:
                safe[name] = kept_id
            continue
        if name == "duration_ms":
            if isinstance(value, (int, float)):
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


def _safe_id(name: str, value: object) -> str:
    """One of our own ids, or nothing. Ours were checked when they were bound; others may set what they like."""
    text = value if isinstance(value, str) else str(value)
    if name == "user_id":
        return text if not text or is_token(text) else tokenize(text[:ID_CHARS_MAX])
    if name == "tenant_id":
        return text if not text or is_tenant_id(text) else tokenize(text[:ID_CHARS_MAX], kind="tnt")
    return text if is_correlation_id(text) else ""
