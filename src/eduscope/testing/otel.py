"""Spans for tests: kept in memory as they would leave the process; with times and ids that can be foretold."""

import itertools
from collections.abc import Callable

from opentelemetry import context as otel_context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator

from eduscope.span_export import SafeExporter
from eduscope.span_relay import Relay
from eduscope.spans import Spans


class CountedIds(IdGenerator):
    """Trace and span ids that count from one."""

    def __init__(self) -> None:
        self._traces = itertools.count(1)
        self._spans = itertools.count(1)

    def generate_span_id(self) -> int:
        """The next span id."""
        return next(self._spans)

    def generate_trace_id(self) -> int:
        """The next trace id."""
        return next(self._traces)


class Retimed(SpanProcessor):
    """Starts and ends spans by the clock given; stands before the processors that hand them on."""

    def __init__(self, clock_ns: Callable[[], int]) -> None:
        self._clock_ns = clock_ns

    def on_start(self, span: Span, parent_context: otel_context.Context | None = None) -> None:
        """Notes when a span starts."""
        span._start_time = self._clock_ns()

    def on_end(self, span: ReadableSpan) -> None:
        """Notes when it ends."""
        span._end_time = self._clock_ns()


def recording(exporter: InMemorySpanExporter, *, clock_ns: Callable[[], int] | None, counted: bool) -> Spans:
    """Spans that end in the exporter, judged by the contract as on their way out."""
    provider = TracerProvider(shutdown_on_exit=False, id_generator=CountedIds() if counted else None)
    if clock_ns is not None:
        provider.add_span_processor(Retimed(clock_ns))
    relay = Relay(SimpleSpanProcessor(SafeExporter(exporter)))
    provider.add_span_processor(relay)
    return Spans(provider, relay)
