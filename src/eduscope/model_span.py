"""The span of a model call: current while the call's own code runs, and not while its stream waits for a reader.

Loaded where tracing is on, because it loads OpenTelemetry.
"""

from collections.abc import Mapping
from contextvars import Token
from typing import Any

from opentelemetry import context as otel_context
from opentelemetry.context import _RUNTIME_CONTEXT
from opentelemetry.trace import StatusCode, set_span_in_context

from eduscope.fields import plan
from eduscope.spans import Spans, fail

VALUE_MAX_CHARS = 8192


class ModelSpan:
    """A client span that can be left and entered again, in any task or thread."""

    def __init__(self, spans: Spans, name: str, attributes: Mapping[str, Any]) -> None:
        self._span = spans.client_span(name, attributes)
        self._context = set_span_in_context(self._span)

    def enter(self) -> Token[Any]:
        """Makes it the current span."""
        return otel_context.attach(self._context)

    def leave(self, token: Token[Any]) -> None:
        """Brings back the span before. A stream may be closed in another context, which has none to bring back."""
        try:
            _RUNTIME_CONTEXT.detach(token)
        except ValueError:
            return

    def end(self, fields: Mapping[str, Any], error: BaseException | None) -> None:
        """Ends it with what is known of the call."""
        span = self._span
        for name, value in fields.items():
            known = plan(name)
            judged = known.safe(value, VALUE_MAX_CHARS)
            if judged is not None:
                span.set_attribute(known.key, judged)
        if error is not None:
            fail(span, error)
        elif "error.type" in fields:
            span.set_status(StatusCode.ERROR)
        span.end()

    @property
    def kept_trace_id(self) -> str:
        """The trace's id where the trace is kept, for exemplars."""
        ids = self._span.get_span_context()
        return f"{ids.trace_id:032x}" if ids.trace_flags.sampled else ""
