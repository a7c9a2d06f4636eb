"""One job while a worker does it: the context it was asked for in, a consumer's span, one line, and counts."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from eduscope import errors, logging, tracing
from eduscope.counters import counters
from eduscope.queues.numbers import processed, waited
from eduscope.queues.sending import SENT_AT
from eduscope.told import tell

INFO, WARNING, ERROR = 20, 30, 40

LONGEST_WAIT_MS = 366 * 86_400_000
"""A wait beyond a year is a clock that is wrong."""

_LINES = {
    "succeeded": (INFO, "job done"),
    "failed": (ERROR, "job failed"),
    "retried": (WARNING, "job failed and is tried again"),
}
_OTHERWISE = (WARNING, "job given up")


class Job:
    """A job that is being done. `begin` before, `end` once afterwards, in the same thread or task. Never raises.

    `carrier` is what `Sending.carry` wrote: the job goes on with that correlation, tenant and trace (the sender's
    span is the parent). `due_ms`: when it was to be done, in milliseconds since 1970, where that was not at once.
    """

    __slots__ = ("_carrier", "_due_ms", "_fields", "_labels", "_open", "_started_ns")

    def __init__(  # noqa: PLR0913 - built by keyword, by one function per queue
        self,
        *,
        system: str,
        queue: str,
        task: str,
        job_id: str,
        attempt: int,
        carrier: Mapping[str, Any],
        due_ms: float | None = None,
    ) -> None:
        self._labels = (system, queue, task)
        self._carrier = carrier
        self._due_ms = due_ms
        self._fields: dict[str, Any] = {
            "messaging.system": system,
            "messaging.destination.name": queue,
            "messaging.operation.type": "process",
            "job.name": task,
            "job.id": job_id,
            "attempt": attempt,
        }
        self._open = ExitStack()
        self._started_ns = 0

    def begin(self) -> None:
        """Enters the job's context and starts its span."""
        try:
            wait_ms = self._wait_ms()
            if wait_ms is not None:
                self._fields["queue_wait_ms"] = wait_ms
                waited.observe(self._labels, wait_ms / 1e3)
            self._open.enter_context(tracing.extract(self._carrier))
            self._open.enter_context(tracing.span(f"process {self._labels[2]}", "consumer", **self._fields))
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("queue")
        self._started_ns = time.perf_counter_ns()

    def end(self, outcome: str, error: BaseException | None = None) -> None:
        """Writes the job's line and leaves its context.

        `outcome` is succeeded, failed, retried, or the queue's own word for giving it up.
        """
        duration_ns = time.perf_counter_ns() - self._started_ns
        try:
            processed.observe((*self._labels, outcome), duration_ns / 1e9, tracing.trace_id())
            self._write(outcome, error, duration_ns / 1e6)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("queue")
        finally:
            self._leave(error)

    def _write(self, outcome: str, error: BaseException | None, duration_ms: float) -> None:
        level, message = _LINES.get(outcome, _OTHERWISE)
        line = {**self._fields, "job.outcome": outcome, "duration_ms": duration_ms}
        if isinstance(error, Exception):
            line["exc_info"] = error
            tell(error)
        lines = logging.lines()
        if level >= lines.threshold:
            lines.write(level, message, line)
        if outcome == "failed" and isinstance(error, Exception):
            errors.notify(error, self._fields)

    def _leave(self, error: BaseException | None) -> None:
        try:
            self._open.__exit__(type(error) if error else None, error, error.__traceback__ if error else None)
        except BaseException as raised:  # noqa: BLE001 - a context gives the job's own exception back
            if raised is not error:
                counters.failure("queue")

    def _wait_ms(self) -> float | None:
        """How long the job was due, where its sender said when."""
        sent_at = str(self._carrier.get(SENT_AT, ""))
        if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) < 16):
            return None
        since_ms = max(float(sent_at), self._due_ms or 0.0)
        wait_ms = time.time_ns() / 1e6 - since_ms
        return round(max(wait_ms, 0.0), 3) if wait_ms < LONGEST_WAIT_MS else None
