"""The span of a call that is over: as OpenTelemetry would have made it, wherever its provider decides."""

from collections.abc import Sequence

import pytest
from opentelemetry import trace
from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY, attach, detach, set_value
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased, Sampler
from opentelemetry.trace import SpanKind, StatusCode

import eduscope
from eduscope.context import current
from eduscope.database.span import ClientSpans
from eduscope.span_provider import KeepingErrors
from eduscope.span_relay import Relay
from eduscope.spans import Spans


class Kept(SpanProcessor):
    """Keeps ended spans."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        """Keeps one."""
        self.spans.append(span)


def made(sampler: Sampler, *more: SpanProcessor) -> tuple[ClientSpans, Kept]:
    """What makes spans with a provider of its own, and where they end."""
    kept = Kept()
    relay = Relay(kept)
    provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
    for processor in (relay, *more):
        provider.add_span_processor(processor)
    return ClientSpans(Spans(provider, relay)), kept


def record(spans: ClientSpans, *, failed: bool = False) -> int:
    """Records one call of 5 ms."""
    return spans.record("SELECT", {"db.system.name": "sqlite"}, 5_000_000, current(), failed=failed)


def comparable(span: ReadableSpan) -> tuple[object, ...]:
    """What a back end sees, but for ids and times."""
    assert span.context is not None
    assert span.parent is not None
    assert span.start_time is not None
    assert span.end_time is not None
    return (
        span.name,
        span.kind,
        dict(span.attributes or {}),
        span.status.status_code,
        span.parent.span_id,
        span.context.trace_id,
        span.context.trace_flags,
        span.end_time - span.start_time,
        span.resource,
        span.instrumentation_scope,
    )


@pytest.mark.parametrize("failed", [False, True])
def test_the_quick_way_makes_the_span_that_the_provider_would(failed: bool) -> None:
    spans, kept = made(ParentBased(ALWAYS_ON))
    with eduscope.bind(tenant_id="t1"), spans.spans.tracer.start_as_current_span("request") as request:
        trace_id = record(spans, failed=failed)
        assert spans._direct
        spans._direct = False
        record(spans, failed=failed)
    quick, slow, _ = kept.spans
    assert comparable(quick) == comparable(slow)
    assert quick.kind is SpanKind.CLIENT
    assert (quick.status.status_code is StatusCode.ERROR) is failed
    assert trace_id == request.get_span_context().trace_id
    assert quick.context is not None
    assert slow.context is not None
    assert quick.context.span_id != slow.context.span_id


def test_a_processor_of_the_host_sees_spans_start_and_end() -> None:
    class Seeing(Kept):
        started: Sequence[str] = ()

        def on_start(self, span: trace.Span, parent_context: object = None) -> None:
            self.started = (*self.started, span.name)  # type: ignore[attr-defined]

    host = Seeing()
    spans, _ = made(ParentBased(ALWAYS_ON), host)
    with spans.spans.tracer.start_as_current_span("request"):
        record(spans)
    assert host.started == ("request", "SELECT")
    assert [span.name for span in host.spans] == ["SELECT", "request"]


def test_without_a_parent_the_provider_decides() -> None:
    spans, kept = made(ParentBased(ALWAYS_ON))
    assert record(spans) != 0
    spans, nothing = made(ParentBased(ALWAYS_OFF))
    assert record(spans) == 0
    assert [span.name for span in kept.spans] == ["SELECT"]
    assert not nothing.spans


def test_of_a_trace_that_is_not_kept_failed_calls_are_offered_where_errors_are_kept() -> None:
    spans, kept = made(KeepingErrors(ParentBased(ALWAYS_OFF)))
    with spans.spans.tracer.start_as_current_span("request"):
        assert record(spans) == 0
        assert record(spans, failed=True) == 0
    assert [span.name for span in kept.spans] == ["SELECT", "request"]


def test_what_must_not_be_traced_is_not() -> None:
    spans, kept = made(ParentBased(ALWAYS_ON))
    token = attach(set_value(_SUPPRESS_INSTRUMENTATION_KEY, True))
    try:
        assert record(spans) == 0
    finally:
        detach(token)
    assert not kept.spans
