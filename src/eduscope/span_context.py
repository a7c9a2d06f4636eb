"""Which span the running code is in, and what reaches it from a caller: W3C Trace Context and Baggage."""

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar

from opentelemetry import baggage, trace
from opentelemetry import context as otel_context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags
from opentelemetry.trace.propagation import _SPAN_KEY, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from eduscope.baggage import BAGGAGE_MAX_CHARS, BAGGAGE_MAX_ENTRIES, parse_baggage
from eduscope.context import BAGGAGE_KEYS
from eduscope.line import NO_TRACE

_traceparent = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?").fullmatch
TRACE_CONTEXT = TraceContextTextMapPropagator()
_is_baggage_key = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}").fullmatch


def remote_parent(traceparent: str) -> otel_context.Context | None:
    """The caller's span as a parent, or None where the header is not a `traceparent` (W3C Trace Context,
    3.2).
    """
    found = _traceparent(traceparent)
    if found is None:
        return None
    version, trace_hex, span_hex, flags_hex, rest = found.groups()
    if version == "ff" or (version == "00" and rest):
        return None
    parent = SpanContext(int(trace_hex, 16), int(span_hex, 16), True, TraceFlags(int(flags_hex, 16)))
    return set_span_in_context(NonRecordingSpan(parent)) if parent.is_valid else None


def trace_text() -> Callable[[], str]:
    """A function that gives the running span's ids as they stand in a log line.

    The lines of one context come one after another, so the last answer is kept.
    """
    last: tuple[object, str] = (None, NO_TRACE)
    get_current = context_reader()

    def text() -> str:
        nonlocal last
        context = get_current()
        if context is last[0]:
            return last[1]
        span = context.get(_SPAN_KEY)
        ids = span.get_span_context() if isinstance(span, trace.Span) else trace.INVALID_SPAN_CONTEXT
        written = (
            f'"trace_id":"{ids.trace_id:032x}","span_id":"{ids.span_id:016x}"' if ids.is_valid else NO_TRACE
        )
        last = (context, written)
        return written

    return text


def context_reader() -> Callable[[], otel_context.Context]:
    """`get_current` without its two wrappers, a tenth of a microsecond on every line; as it is where it keeps its
    context elsewhere.
    """
    variable = getattr(otel_context._RUNTIME_CONTEXT, "_current_context", None)
    return variable.get if isinstance(variable, ContextVar) else otel_context.get_current


def sender_of(headers: Mapping[str, str]) -> SpanContext:
    """The span that a message was sent in; an invalid one where it does not say."""
    context = TRACE_CONTEXT.extract({"traceparent": headers.get("traceparent", "")})
    return trace.get_current_span(context).get_span_context()


def with_baggage(header: str, context: otel_context.Context | None) -> otel_context.Context | None:
    """The context with the entries of a baggage header that are not ours."""
    for key, value in within_limits(parse_baggage(header)).items():
        if key not in BAGGAGE_KEYS:
            context = baggage.set_baggage(key, value, context)
    return context


def within_limits(entries: Mapping[str, object]) -> dict[str, str]:
    """Baggage that may travel: keys as W3C Baggage wants them, values of bounded length, not too many.

    What someone else sent is passed on to whom this service calls, so it must not grow on the way.
    """
    kept: dict[str, str] = {}
    left = BAGGAGE_MAX_CHARS
    for key, value in entries.items():
        text = str(value)
        left -= len(key) + 3 * len(text) + 2  # a character takes three at most when it is escaped
        if left < 0 or len(kept) >= BAGGAGE_MAX_ENTRIES:
            break
        if _is_baggage_key(key):
            kept[key] = text
    return kept
