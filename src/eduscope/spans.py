"""OpenTelemetry's own SDK, set up: where spans are made, stamped with our ids, and sent. Loaded by `init`."""

import re
import weakref
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from opentelemetry import baggage, trace
from opentelemetry import context as otel_context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.trace.propagation import _SPAN_KEY, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from eduscope.baggage import BAGGAGE_MAX_CHARS, BAGGAGE_MAX_ENTRIES, parse_baggage
from eduscope.config import Config
from eduscope.context import BAGGAGE_KEYS, EMPTY, current
from eduscope.fields import plan, safe_message
from eduscope.line import NO_TRACE
from eduscope.stack import exception_fields, said, type_name

KINDS = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}

_traceparent = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?").fullmatch
_tracecontext = TraceContextTextMapPropagator()
_is_baggage_key = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}").fullmatch

VALUE_MAX_CHARS = 8192 + 256
"""A span waits in memory until it is judged, so its texts are bounded when they are set; the judge cuts at 8192, and
what is behind the cut keeps it from hiding half an address.
"""

LINKS_MAX = 128
"""OpenTelemetry's own limit for links of one span; the batch's size is an attribute."""


class Relay(SpanProcessor):
    """Stamps the ids of the running context on every span, whoever makes it, and hands ended spans on.

    A provider keeps its processors for ever, but the SDK may be stopped and started anew: the relay stays, and what
    it hands spans to changes.
    """

    def __init__(self, target: SpanProcessor | None = None) -> None:
        self.target = target

    def on_start(self, span: Span, parent_context: otel_context.Context | None = None) -> None:
        """Stamps one span."""
        ids = current()
        if ids is not EMPTY:
            span.set_attributes(ids.attributes())

    def on_end(self, span: ReadableSpan) -> None:
        """Hands one span on."""
        if self.target is not None:
            self.target.on_end(span)


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
            if (sender := _sender(headers)).is_valid
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
            parent = _tracecontext.extract({"traceparent": traceparent, "tracestate": tracestate})
        else:
            parent = remote_parent(traceparent)
        if passed_on:
            parent = _with_baggage(passed_on, parent)
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
        _tracecontext.inject(carrier)
        return _within_limits(baggage.get_all())

    @contextmanager
    def extracted(self, headers: Mapping[str, str]) -> Iterator[None]:
        """Spans inside the block go on with the trace of the headers, and with the host's own baggage."""
        token = otel_context.attach(
            _with_baggage(headers.get("baggage", ""), _tracecontext.extract(headers))
            or otel_context.Context()
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


def _sender(headers: Mapping[str, str]) -> SpanContext:
    context = _tracecontext.extract({"traceparent": headers.get("traceparent", "")})
    return trace.get_current_span(context).get_span_context()


def _with_baggage(header: str, context: otel_context.Context | None) -> otel_context.Context | None:
    """The context with the entries of a baggage header that are not ours."""
    for key, value in _within_limits(parse_baggage(header)).items():
        if key not in BAGGAGE_KEYS:
            context = baggage.set_baggage(key, value, context)
    return context


def _within_limits(entries: Mapping[str, object]) -> dict[str, str]:
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
    """Attributes under the names they are declared by."""
    return {plan(name).key: value for name, value in attributes.items()}


def fail(span: trace.Span, error: BaseException) -> None:
    """Marks a span as failed, with the exception's type, redacted words and frames."""
    span.set_status(Status(StatusCode.ERROR, safe_message(said(error), 512)))
    span.set_attribute("error.type", type_name(error))
    if isinstance(error, Exception):
        span.add_event("exception", exception_fields(error))  # type: ignore[arg-type]


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
    get_current = _context_reader()

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


def _context_reader() -> Callable[[], otel_context.Context]:
    """`get_current` without its two wrappers, a tenth of a microsecond on every line; as it is where it keeps its
    context elsewhere.
    """
    variable = getattr(otel_context._RUNTIME_CONTEXT, "_current_context", None)
    return variable.get if isinstance(variable, ContextVar) else otel_context.get_current


_relays: "weakref.WeakKeyDictionary[trace.TracerProvider, Relay]" = weakref.WeakKeyDictionary()


def set_up(config: Config, target: SpanProcessor | None) -> Spans:
    """Spans for a configuration, handed to `target` when they end.

    A provider that the host has set is respected: its spans are stamped and handed on as well, and ours are made with
    it. Where none is set, ours becomes the global one.
    """
    existing = trace.get_tracer_provider()
    provider: trace.TracerProvider
    if isinstance(existing, trace.ProxyTracerProvider):
        provider = _new_provider(config)
        relay = _join(provider, Relay())
        trace.set_tracer_provider(provider)
    elif existing in _relays:
        relay = _relays[existing]
        same = isinstance(existing, TracerProvider) and _fits(existing, config)
        provider = existing if same or existing not in _ours else _new_provider(config)
        _join(provider, relay)
    else:
        provider, relay = existing, _join(existing, Relay())
    relay.target = target
    return Spans(provider, relay)


def _fits(provider: TracerProvider, config: Config) -> bool:
    described = provider.sampler.get_description()
    return provider.resource == _resource(config) and described == sampler(config).get_description()


_ours: "weakref.WeakSet[trace.TracerProvider]" = weakref.WeakSet()


def _join(provider: trace.TracerProvider, relay: Relay) -> Relay:
    """Registers a relay with a provider, once. A provider that takes no processors is used as it is."""
    add = getattr(provider, "add_span_processor", None)
    if add is not None and provider not in _relays:
        add(relay)
        _relays[provider] = relay
    return relay


def _resource(config: Config) -> Resource:
    return Resource.create(
        {
            "service.name": config.service,
            "deployment.environment.name": config.environment,
            "service.version": config.release,
            "telemetry.distro.name": "eduscope",
        }
    )


class KeepingErrors(Sampler):
    """Records what another sampler leaves out, so that a span that fails can still be sent.

    At the head nobody knows whether a trace will fail. What is kept of such a trace are the failed spans of the
    services that saw the failure: not their siblings, and nothing of those that had no failure of their own.
    """

    def __init__(self, inner: Sampler) -> None:
        self._inner = inner

    def should_sample(self, *args: Any, **kwargs: Any) -> SamplingResult:
        """The inner sampler's decision, with recording in place of dropping."""
        result = self._inner.should_sample(*args, **kwargs)
        if result.decision is not Decision.DROP:
            return result
        return SamplingResult(Decision.RECORD_ONLY, result.attributes, result.trace_state)

    def get_description(self) -> str:
        """Its name."""
        return f"KeepingErrors{{{self._inner.get_description()}}}"


def sampler(config: Config) -> Sampler:
    """The decision at the head of a trace: the caller's where there is one, else by the trace's id."""
    by_rate = ParentBased(TraceIdRatioBased(config.trace_sample_rate))
    return KeepingErrors(by_rate) if config.trace_keep_errors else by_rate


def _new_provider(config: Config) -> TracerProvider:
    provider = TracerProvider(
        resource=_resource(config),
        sampler=sampler(config),
        shutdown_on_exit=False,
        span_limits=SpanLimits(
            max_span_attribute_length=VALUE_MAX_CHARS, max_attribute_length=VALUE_MAX_CHARS
        ),
    )
    _ours.add(provider)
    return provider
