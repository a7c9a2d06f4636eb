"""One job, or one batch of them, on its way into a queue: a producer's span, a count, and what travels with it."""

import time
from collections.abc import MutableMapping
from typing import Any

from eduscope import tracing
from eduscope.counters import counters
from eduscope.queues.numbers import sent

SENT_AT = "eduscope-sent-at"
"""The key of the carrier that says when, in milliseconds since 1970; the worker tells the wait by it."""


class Sending:
    """A job that is being handed over. `carry` before, `end` once afterwards. Never raises.

    Its span is not made the current one: where handing over fails, some queues never say so.
    """

    __slots__ = ("_labels", "_span", "_started_ns")

    def __init__(self, *, system: str, queue: str, task: str, count: int = 1) -> None:
        self._labels = (system, queue, task)
        self._started_ns = time.perf_counter_ns()
        self._span: Any = None
        try:
            spans = tracing.active()
            if spans is not None:
                attributes: dict[str, Any] = {
                    "messaging.system": system,
                    "messaging.operation.type": "send",
                    "messaging.operation.name": "send",
                    "messaging.destination.name": queue,
                    "job.name": task,
                }
                if count > 1:
                    attributes["messaging.batch.message_count"] = count
                self._span = spans.producer_span(f"send {task}", attributes)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("queue")

    def carry(self, carrier: MutableMapping[str, Any]) -> None:
        """Writes the correlation, the trace, the tenant and the time into what travels with the job."""
        try:
            if self._span is None:
                tracing.inject(carrier)
            else:
                with tracing.inside(self._span):
                    tracing.inject(carrier)
            carrier[SENT_AT] = str(time.time_ns() // 1_000_000)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("queue")

    def end(self, error: BaseException | None = None) -> None:
        """The queue has the job, or has it not."""
        try:
            seconds = (time.perf_counter_ns() - self._started_ns) / 1e9
            trace_id = 0
            if self._span is not None:
                if error is not None:
                    tracing.fail(self._span, error)
                self._span.end()
                trace_id = tracing.kept_trace_id(self._span)
            sent.observe((*self._labels, "ok" if error is None else "error"), seconds, trace_id)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("queue")
