"""Spans, and the way a trace and a correlation id travel from process to process.

OpenTelemetry is loaded by `eduscope.init`, not by importing this module.

>>> with eduscope.tracing.span("grade.compute", course_id="c-101") as span:
...     span.set_attribute("count", 12)
>>> eduscope.tracing.inject(message.headers)                  # on the way into a queue
>>> with eduscope.tracing.extract(message.headers): ...       # on the way out of it
"""

from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Literal, Protocol

from eduscope import baggage
from eduscope.context import Context, Learned, current, enter, leave

if TYPE_CHECKING:
    from eduscope.spans import Spans

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


def use(spans: "Spans | None") -> None:
    """Turns tracing on with these spans, or off. `eduscope.init` calls it."""
    global _active  # noqa: PLW0603 - the one seam between callers and a start that comes later
    _active = spans


def active() -> "Spans | None":
    """What makes spans now, or None where tracing is off."""
    return _active


@contextmanager
def span(name: str, kind: SpanKind = "internal", **attributes: Any) -> Iterator[Span]:
    """A span around the block. An exception marks it as failed, is recorded without its values, and goes on.

    `name` is a template of few values (`grade.compute`), never an id. Attributes are named like fields of a
    log line.
    """
    spans = _active
    if spans is None:
        yield _NO_SPAN
        return
    with spans.span(name, kind, attributes) as started:
        yield started


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
    headers = {_text(name).lower(): _text(value) for name, value in carrier.items()}
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


def _text(given: object) -> str:
    """A header's name or value; some message buses have bytes."""
    return given.decode("latin-1") if isinstance(given, bytes) else str(given)


def mark_failed(started: Any) -> None:
    """Marks a span as failed without an exception, such as a call that was answered with an error."""
    if _active is not None:
        _active.mark_failed(started)
