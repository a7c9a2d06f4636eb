"""Spans, and the way a trace and a correlation id travel from process to process.

OpenTelemetry is loaded by `eduscope.init`, not by importing this module.

>>> with eduscope.tracing.span("grade.compute", course_id="c-101") as span:
...     span.set_attribute("count", 12)
>>> eduscope.tracing.inject(message.headers)                  # on the way into a queue
>>> with eduscope.tracing.extract(message.headers): ...       # on the way out of it
>>> threading.Thread(target=eduscope.tracing.carry(grade))    # into another thread
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, nullcontext
from functools import wraps
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, Protocol, TypeVar, cast

from eduscope import baggage
from eduscope.carrying import Executor, carry, instrument
from eduscope.context import Context, Learned, current, enter, leave, new_id
from eduscope.values import as_text

if TYPE_CHECKING:
    from eduscope.spans import Spans

__all__ = [
    "Executor", "Span", "SpanKind", "active", "carry", "consume_batch", "extract", "inject", "instrument",
    "mark_failed", "span", "trace_id", "use",
]  # fmt: skip

HEADER_MAX_CHARS = 16_384
"""Read of one header of a message; W3C's limits are below it."""

P = ParamSpec("P")
R = TypeVar("R")
SpanKind = Literal["internal", "server", "client", "producer", "consumer"]


class Span(Protocol):
    """What `span()` gives: OpenTelemetry's own span, of which this much is promised."""

    def set_attribute(self, key: str, value: Any) -> None:
        """Sets one attribute. Strings nobody declared are tokenised before they leave."""

    def add_event(self, name: str, attributes: Mapping[str, Any] | None = None) -> None:
        """Adds a moment inside the span."""


class _NoSpan:
    def set_attribute(self, key: str, value: Any) -> None:
        """Nothing: tracing is off."""

    def add_event(self, name: str, attributes: Mapping[str, Any] | None = None) -> None:
        """Nothing: tracing is off."""


_NO_SPAN = _NoSpan()
_active: "Spans | None" = None


def use(spans: "Spans | None") -> "Spans | None":
    """Turns tracing on with these spans, or off; gives what was on before. `eduscope.init` calls it."""
    global _active
    before, _active = _active, spans
    return before


def active() -> "Spans | None":
    """What makes spans now, or None where tracing is off."""
    return _active


class span:  # noqa: N801 - reads as the verb it is: `with eduscope.tracing.span("grade.compute"):`
    """A span around a block or a function. An exception marks it as failed, is recorded without values, and goes on.

    `name` is a template of few values (`grade.compute`), never an id. Attributes are named like fields of a log
    line.

    >>> with tracing.span("grade.compute", course_id="c-101") as span: ...
    >>> @tracing.span("grade.compute")
    ... async def grade(quiz): ...
    """

    __slots__ = ("_attributes", "_kind", "_name", "_open")

    def __init__(self, name: str, kind: SpanKind = "internal", **attributes: Any) -> None:
        self._name = name
        self._kind = kind
        self._attributes = attributes
        self._open: list[tuple[Spans, Any, Any]] = []

    def __enter__(self) -> Span:
        spans = _active
        if spans is None:
            return _NO_SPAN
        started, token = spans.begin(self._name, self._kind, self._attributes)
        self._open.append((spans, started, token))
        return started

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open:
            spans, started, token = self._open.pop()
            spans.finish(started, token, error)

    def __call__(self, work: Callable[P, R]) -> Callable[P, R]:
        """The function with a span of its own around each call."""
        if inspect.isgeneratorfunction(work) or inspect.isasyncgenfunction(work):
            raise TypeError(
                f"tracing.span got the generator {work.__qualname__}; expected a function or coroutine: "
                "use `with tracing.span(…)` inside it"
            )
        if inspect.iscoroutinefunction(work):

            @wraps(work)
            async def traced_coroutine(*args: Any, **kwargs: Any) -> Any:
                with span(self._name, self._kind, **self._attributes):
                    return await work(*args, **kwargs)

            return cast("Callable[P, R]", traced_coroutine)

        @wraps(work)
        def traced(*args: P.args, **kwargs: P.kwargs) -> R:
            with span(self._name, self._kind, **self._attributes):
                return work(*args, **kwargs)

        return traced


@contextmanager
def consume_batch(
    carriers: Iterable[Mapping[str, Any]], name: str = "process", **attributes: Any
) -> Iterator[Span]:
    """One span for several messages, with a link to the span that sent each.

    The correlation goes on where all messages have the same; else the batch gets its own, and each link says its
    message's.

    >>> with tracing.consume_batch([message.headers for message in batch], "grades process") as span: ...
    """
    given = [_headers(carrier) for carrier in carriers]
    contexts = [baggage.inbound(h.get(baggage.CORRELATION_HEADER), h.get("baggage")) for h in given]
    token = enter(_common(contexts))
    try:
        if _active is None:
            yield _NO_SPAN
        else:
            links = [(headers, ids.correlation_id) for headers, ids in zip(given, contexts, strict=True)]
            attributes.setdefault("messaging.batch.message_count", len(given))
            with _active.batch(name, links, attributes) as started:
                yield started
    finally:
        leave(token)


def _common(contexts: list[Context]) -> Context:
    """What all have in common; a request of its own."""
    correlations = {ids.correlation_id for ids in contexts}
    tenants = {ids.tenant_id for ids in contexts}
    return Context(
        correlations.pop() if len(correlations) == 1 else new_id(),
        tenants.pop() if len(tenants) == 1 else "",
        "",
        new_id(),
        under_13=any(ids.under_13 for ids in contexts),
    )


def trace_id() -> int:
    """The running trace as a number, for a metric's exemplar; 0 where there is none or it is not kept."""
    return 0 if _active is None else _active.kept_trace_id()


def inject(carrier: MutableMapping[str, str]) -> None:
    """Writes `x-correlation-id`, `traceparent`, `tracestate` and `baggage` into headers or a message."""
    ids = current()
    if ids.correlation_id:
        carrier[baggage.CORRELATION_HEADER] = ids.correlation_id
    entries = baggage.baggage_entries(ids)
    if _active is not None:
        entries = _active.inject(carrier) | entries
    if entries:
        carrier["baggage"] = baggage.format_baggage(entries)


@contextmanager
def extract(carrier: Mapping[str, Any]) -> Iterator[Context]:
    """Everything inside the `with` goes on with the correlation and the trace that `inject` wrote.

    Values of the wrong shape are replaced, never echoed. A user does not travel: bind them again.
    """
    headers = _headers(carrier)
    context = baggage.inbound(headers.get(baggage.CORRELATION_HEADER), headers.get("baggage"))
    work = context.learned = Learned()
    token = enter(context)
    try:
        with nullcontext() if _active is None else _active.extracted(headers):
            try:
                yield current()
            finally:
                work.end()
    finally:
        leave(token)


def _headers(carrier: Mapping[str, Any]) -> dict[str, str]:
    return {_text(name).lower(): _text(value) for name, value in carrier.items()}


def _text(given: object) -> str:
    """A header's name or value; some message buses have bytes."""
    return given.decode("latin-1") if type(given) is bytes else as_text(given, HEADER_MAX_CHARS)


@contextmanager
def inside(started: Any) -> Iterator[None]:
    """Makes a span that was started by itself the current one inside the block; it is not ended."""
    with nullcontext() if _active is None else _active.inside(started):
        yield


def fail(started: Any, error: BaseException) -> None:
    """Marks a span as failed by an exception."""
    if _active is not None:
        _active.fail(started, error)


def kept_trace_id(started: Any) -> int:
    """The trace's id where the trace is kept, else 0; for exemplars."""
    ids = started.get_span_context()
    return int(ids.trace_id) if ids.trace_flags & 1 else 0


def mark_failed(started: Any) -> None:
    """Marks a span as failed without an exception, such as a call that was answered with an error."""
    if _active is not None:
        _active.mark_failed(started)
