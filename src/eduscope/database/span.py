"""The client span of a call that is over.

A query has no spans inside it, so its span is made when it ends, with everything known: one object, where starting,
filling and ending one takes three and checks each value again. Measured: 5 µs instead of 21.
That is possible where the provider only hands ended spans to us; else it is made the provider's way.
"""

import time
from collections.abc import Mapping
from typing import Any

from opentelemetry import trace
from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation import _SPAN_KEY

from eduscope.context import Context
from eduscope.span_context import context_reader
from eduscope.span_provider import KeepingErrors
from eduscope.span_relay import Relay
from eduscope.spans import Spans

_current_context = context_reader()
_UNSET = Status(StatusCode.UNSET)
_FAILED = Status(StatusCode.ERROR)


class ClientSpans:
    """Makes the spans of calls that are over, with one `Spans`."""

    def __init__(self, spans: Spans) -> None:
        self.spans = spans
        self._provider: Any = spans.provider
        self._ids_of: tuple[Context | None, dict[str, str]] = (None, {})
        self._processors: object = None
        self._direct = False

    def record(
        self,
        name: str,
        attributes: Mapping[str, Any],
        duration_ns: int,
        ids: Context,
        *,
        failed: bool = False,
    ) -> int:
        """Records a call that ends now; gives the id of its trace, or 0 where the trace is not kept."""
        ended_ns = time.time_ns()
        context = _current_context()
        if context.get(_SUPPRESS_INSTRUMENTATION_KEY):
            return 0
        parent = context.get(_SPAN_KEY)
        if parent is None or not self._is_direct():
            return self._started(name, attributes, ended_ns, duration_ns, failed)
        above: SpanContext = parent.get_span_context()  # type: ignore[attr-defined]
        trace_id, _, _, flags, state, valid = above
        if not valid:
            return self._started(name, attributes, ended_ns, duration_ns, failed)
        if not flags & 1:
            # Of a trace that is not kept only failed spans may be, and who keeps them decides.
            return self._started(name, attributes, ended_ns, duration_ns, failed) if failed else 0
        # A span's context checks that its ids are in range; these come from one that did, and from a generator.
        own = tuple.__new__(SpanContext, (trace_id, self._new_span_id(), False, flags, state, True))
        self._hand_on(
            ReadableSpan(
                name,
                own,
                above,
                self._resource,
                {**attributes, **self._ids(ids)},
                (),
                (),
                SpanKind.CLIENT,
                None,
                _FAILED if failed else _UNSET,
                ended_ns - duration_ns,
                ended_ns,
                self._scope,
            )
        )
        return trace_id

    def _ids(self, ids: Context) -> dict[str, str]:
        """The ids of the running context; one request makes many calls."""
        last, found = self._ids_of
        if last is not ids:
            found = ids.attributes()
            self._ids_of = (ids, found)
        return found

    def _is_direct(self) -> bool:
        """Whether the provider would do no more than we do. Asked anew when it gets another processor."""
        try:
            processors = self._provider._active_span_processor._span_processors
        except AttributeError:  # a provider of another make
            return False
        if processors is not self._processors:
            self._processors = processors
            self._direct = _is_ours(self._provider, processors)
            if self._direct:
                self._resource = self._provider.resource
                self._scope = getattr(self.spans.tracer, "_instrumentation_scope", None)
                self._new_span_id = self._provider.id_generator.generate_span_id
                self._hand_on = self._provider._active_span_processor.on_end
                if len(processors) == 1:
                    self._hand_on = processors[0].on_end
        return self._direct

    def _started(
        self, name: str, attributes: Mapping[str, Any], ended_ns: int, duration_ns: int, failed: bool
    ) -> int:
        """The same span, made by the provider: its sampler decides, and its processors see it start."""
        span = self.spans.tracer.start_span(
            name, kind=SpanKind.CLIENT, attributes=attributes, start_time=ended_ns - duration_ns
        )
        if failed:
            span.set_status(_FAILED)
        span.end(ended_ns)
        own = span.get_span_context()
        return own.trace_id if own.trace_flags & 1 else 0


def _is_ours(provider: trace.TracerProvider, processors: Any) -> bool:
    sampler = getattr(provider, "sampler", None)
    if type(sampler) is KeepingErrors:
        sampler = sampler._inner
    return (
        type(provider) is TracerProvider
        and type(sampler) is ParentBased
        and sampler._local_parent_sampled is ALWAYS_ON
        and sampler._remote_parent_sampled is ALWAYS_ON
        and bool(processors)
        and all(type(one) is Relay for one in processors)
    )
