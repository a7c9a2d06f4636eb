"""What every span of a process goes past: it is stamped when it starts and handed on when it ends."""

from opentelemetry import context as otel_context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from eduscope.context import EMPTY, current


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
