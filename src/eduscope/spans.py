"""OpenTelemetry's own SDK, set up: where spans are made, stamped with our ids, and sent. Loaded by `init`."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from numbers import Number
from typing import Any

from opentelemetry import baggage, trace
from opentelemetry import context as otel_context
from opentelemetry.trace import SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.trace.propagation import set_span_in_context

from eduscope.fields import plan, safe_message
from eduscope.span_context import (
    TRACE_CONTEXT,
    remote_parent,
    sender_of,
    trace_text,
    with_baggage,
    within_limits,
)
from eduscope.span_relay import Relay
from eduscope.stack import exception_fields, said, type_name
from eduscope.values import UNREADABLE, as_number, as_text, evaluated, is_a

KINDS = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}


LINKS_MAX = 128
"""OpenTelemetry's own limit for links of one span; the batch's size is an attribute."""


class Spans:
    """Makes spans with one provider: the host's own where it has set one, else ours."""

    def __init__(self, provider: trace.TracerProvider, relay: Relay) -> None:
        self.provider = provider
        self.tracer = provider.get_tracer("eduscope")
        self._relay = relay

    @contextmanager
    def span(self, name: str, kind: str, attributes: Mapping[str, Any]) -> Iterator[trace.Span]:
        """A span that is the current one inside the block."""
        span, token = self.begin(name, kind, attributes)
        try:
            yield span
        except BaseException as error:
            self.finish(span, token, error)
            raise
        else:
            self.finish(span, token, None)

    def begin(
        self, name: str, kind: str, attributes: Mapping[str, Any], links: Sequence[trace.Link] = ()
    ) -> tuple[trace.Span, Any]:
        """A span that is the current one until it is finished, and the token for it."""
        span = self.tracer.start_span(name, kind=KINDS[kind], attributes=spelled(attributes), links=links)
        return span, otel_context.attach(set_span_in_context(span))

    def finish(self, span: trace.Span, token: Any, error: BaseException | None) -> None:
        """Ends a span; the one before is the current one again."""
        if error is not None:
            fail(span, error)
        otel_context.detach(token)
        span.end()

    @contextmanager
    def batch(
        self, name: str, sent: Sequence[tuple[Mapping[str, str], str]], attributes: Mapping[str, Any]
    ) -> Iterator[trace.Span]:
        """A consumer's span with a link for each message: its headers, and its correlation id."""
        links = [
            trace.Link(sender, {"correlation_id": correlation_id})
            for headers, correlation_id in sent[:LINKS_MAX]
            if (sender := sender_of(headers)).is_valid
        ]
        span, token = self.begin(name, "consumer", attributes, links)
        try:
            yield span
        except BaseException as error:
            self.finish(span, token, error)
            raise
        else:
            self.finish(span, token, None)

    def server_span(
        self, name: str, traceparent: str, tracestate: str = "", passed_on: str = ""
    ) -> "ServerSpan":
        """A server's span, current until it is ended; the caller's span, if there is one, is its parent.

        `passed_on` is the caller's baggage, where it is trusted: what is not ours in it goes on to whom we call.
        """
        parent: otel_context.Context | None
        if tracestate:
            parent = TRACE_CONTEXT.extract({"traceparent": traceparent, "tracestate": tracestate})
        else:
            parent = remote_parent(traceparent)
        if passed_on:
            parent = with_baggage(passed_on, parent)
        span = self.tracer.start_span(name, context=parent, kind=SpanKind.SERVER)
        return ServerSpan(span, set_span_in_context(span, parent))

    def client_span(self, name: str, attributes: Mapping[str, Any]) -> trace.Span:
        """A client's span; not made the current one."""
        return self.tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)

    def producer_span(self, name: str, attributes: Mapping[str, Any]) -> trace.Span:
        """A producer's span; not made the current one."""
        return self.tracer.start_span(name, kind=SpanKind.PRODUCER, attributes=attributes)

    def trace_text(self) -> Callable[[], str]:
        """A function that gives the running span's ids as they stand in a log line."""
        return trace_text()

    def inject(self, carrier: MutableMapping[str, str]) -> dict[str, str]:
        """Writes `traceparent` and `tracestate`; gives the host's own baggage."""
        TRACE_CONTEXT.inject(carrier)
        return within_limits(baggage.get_all())

    @contextmanager
    def extracted(self, headers: Mapping[str, str]) -> Iterator[None]:
        """Spans inside the block go on with the trace of the headers, and with the host's own baggage."""
        token = otel_context.attach(
            with_baggage(headers.get("baggage", ""), TRACE_CONTEXT.extract(headers)) or otel_context.Context()
        )
        try:
            yield
        finally:
            otel_context.detach(token)

    @contextmanager
    def inside(self, span: trace.Span) -> Iterator[None]:
        """Makes a span the current one inside the block."""
        token = otel_context.attach(set_span_in_context(span))
        try:
            yield
        finally:
            otel_context.detach(token)

    def fail(self, span: trace.Span, error: BaseException) -> None:
        """Marks a span as failed by an exception."""
        fail(span, error)

    def kept_trace_id(self) -> int:
        """The running trace's id where the trace is kept, else 0."""
        ids = trace.get_current_span().get_span_context()
        return ids.trace_id if ids.trace_flags & TraceFlags.SAMPLED else 0

    def mark_failed(self, span: trace.Span) -> None:
        """Marks a span as failed without an exception."""
        span.set_status(_FAILED)

    def shutdown(self, timeout_seconds: float) -> None:
        """Sends what waits, in bounded time. The provider goes on, and its spans go nowhere."""
        target, self._relay.target = self._relay.target, None
        stop = getattr(target, "stop", None)
        if stop is not None:
            stop(timeout_seconds)

    def flush(self, timeout_seconds: float) -> bool:
        """Sends what waits; False if the time was not enough."""
        target = self._relay.target
        return target is None or target.force_flush(int(timeout_seconds * 1000))


class ServerSpan:
    """A span that the code of one request runs in."""

    __slots__ = ("_context", "_token", "span")

    def __init__(self, span: trace.Span, context: otel_context.Context) -> None:
        self.span = span
        self._context = context
        self._token = otel_context.attach(context)

    def kept_trace_id(self) -> int:
        """The trace's id where the trace is kept, else 0."""
        ids = self.span.get_span_context()
        return ids.trace_id if ids.trace_flags & TraceFlags.SAMPLED else 0

    def resume(self) -> Any:
        """Makes it the current span again where another is; gives what `suspend` takes, or None."""
        return None if otel_context.get_current() is self._context else otel_context.attach(self._context)

    def suspend(self, token: Any) -> None:
        """Brings back the span before `resume`."""
        otel_context.detach(token)

    def finish(
        self, name: str, attributes: Mapping[str, Any], error: BaseException | None, *, failed: bool
    ) -> None:
        """Says what is known only at the end."""
        span = self.span
        if span.is_recording():
            span.update_name(name)
            _set_checked(span, attributes)
            if error is not None:
                fail(span, error)
            elif failed:
                span.set_status(_FAILED)

    def end(self, duration_ns: int | None = None) -> None:
        """Ends it; the span before is the current one again.

        `duration_ns` where it was over before: background work belongs to a request and not to its duration.
        """
        otel_context.detach(self._token)
        started_ns = getattr(self.span, "start_time", None)
        self.span.end(None if duration_ns is None or started_ns is None else started_ns + duration_ns)


_FAILED = Status(StatusCode.ERROR)


def _set_checked(span: Any, attributes: Mapping[str, Any]) -> None:
    """Sets attributes that are known to be plain strings and numbers.

    OpenTelemetry looks at each again, which costs 4 µs of a request's 50; where its insides are not as expected,
    it may.
    """
    try:
        span._attributes._dict.update(attributes)
    except AttributeError:
        span.set_attributes(attributes)


def spelled(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes under the names they are declared by. What OpenTelemetry has no type for becomes text, as on a line:
    it would be left out, with a warning that asks the value to describe itself.
    """
    return {
        plan(name).key: value if type(value) in PLAIN else _plain(value)
        for name, value in attributes.items()
        if value is not None
    }


PLAIN = frozenset({str, int, float, bool})


def _plain(value: object) -> object:
    value = evaluated(value)
    if type(value) in PLAIN:
        return value
    if type(value) in {list, tuple} and {type(item) for item in value} <= PLAIN:  # type: ignore[attr-defined]
        return value
    try:
        return as_number(value) if is_a(value, Number) else as_text(value, TEXT_MAX_CHARS)
    except Exception:  # noqa: BLE001 - a host's own number may raise anything
        return UNREADABLE


TEXT_MAX_CHARS = 8192


def fail(span: trace.Span, error: BaseException) -> None:
    """Marks a span as failed, with the exception's type, redacted words and frames."""
    span.set_status(Status(StatusCode.ERROR, safe_message(said(error), 512)))
    span.set_attribute("error.type", type_name(error))
    if isinstance(error, Exception):
        span.add_event("exception", exception_fields(error))  # type: ignore[arg-type]
