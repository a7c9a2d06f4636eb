"""Ended spans on their way to several targets: judged and encoded once, in the background, then queued for each.

A target that is slow or dead fills its own queue and loses from it; the others do not notice. An encoded batch is
one object in all queues, so that several targets hardly take more memory than one.
"""

import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Sequence

from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import StatusCode

from eduscope.counters import counters
from eduscope.quiet import quiet
from eduscope.wake import Wake

SPANS_MAX = 2048
"""Spans that wait to be encoded: about 3 KB each, so 6 MB. Encoding takes some 20 µs a span: it keeps up."""

BATCH_MAX_SPANS = 256

Deliver = Callable[[Sequence[ReadableSpan]], None]
"""Takes spans as they ended; runs in the background thread."""


class SpanQueue(SpanProcessor):
    """Takes ended spans from the host's threads and hands them on in batches. The thread starts with the first."""

    def __init__(  # noqa: PLR0913 - built in one place, by keyword
        self,
        deliver: Deliver,
        *,
        interval_seconds: float,
        start_targets: Callable[[], None] = lambda: None,
        flush_targets: Callable[[float], bool] = lambda timeout_seconds: True,
        close_targets: Callable[[float], None] = lambda timeout_seconds: None,
        drop: Callable[[str, int], None] = counters.drop_spans,
    ) -> None:
        self._deliver = deliver
        self._interval_seconds = interval_seconds
        self._start_targets = start_targets
        self._flush_targets = flush_targets
        self._close_targets = close_targets
        self._drop = drop
        self._closed = False
        self.start_over()
        _queues.add(self)

    def start_over(self) -> None:
        """Empty and without a thread: at the start, and in a forked child, whose parent keeps the spans."""
        self._waiting: deque[ReadableSpan] = deque()
        # Both may be asked for by a signal handler or a finaliser while their own thread has them.
        self._lock = threading.RLock()
        self._wake = Wake()
        self._delivering = threading.Lock()
        self._thread: threading.Thread | None = None

    def on_start(self, span: Span, parent_context: object = None) -> None:
        """Nothing."""

    def on_end(self, span: ReadableSpan) -> None:
        """Takes a span that is sampled, or that failed. A full queue drops the new one; never waits."""
        context = span.context
        sampled = context is not None and context.trace_flags.sampled
        if not sampled and span.status.status_code is not StatusCode.ERROR:
            return
        if self._closed:
            self._drop("closed", 1)
            return
        waiting = self._waiting
        if len(waiting) >= SPANS_MAX:
            self._drop("queue_full", 1)
            return
        waiting.append(span)
        if self._thread is None:
            self._start_thread()
        if len(waiting) >= BATCH_MAX_SPANS and not self._wake.is_set():
            self._wake.set()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Waits until every span so far is sent or given up; False if the time was not enough."""
        until = time.monotonic() + timeout_millis / 1000
        emptied = self._empty(timeout_millis / 1000)
        return emptied and self._flush_targets(max(until - time.monotonic(), 0))

    def stop(self, timeout_seconds: float) -> None:
        """Hands on what waits and closes the targets, in the time given."""
        until = time.monotonic() + timeout_seconds
        self._closed = True
        self._wake.set()
        self._empty(timeout_seconds)
        left = len(self._waiting)
        self._waiting.clear()
        if left:
            self._drop("shutdown", left)
        self._close_targets(max(until - time.monotonic(), 0))

    def shutdown(self) -> None:
        """As `stop`, for a provider that shuts its processors down."""
        self.stop(5.0)

    def _start_thread(self) -> None:
        with self._lock:
            if self._thread is not None:
                return
            # Noted before it starts: a span that a signal handler ends while it does must not start another.
            thread = self._thread = threading.Thread(target=self._run, name="eduscope-spans", daemon=True)
            try:
                self._start_targets()
                thread.start()
            except RuntimeError:  # the interpreter is ending, or the process may have no more threads
                counters.failure("export_thread")
                self._thread = None

    def _run(self) -> None:
        quiet.on = True  # what is logged about the sending is not sent in turn
        while not self._closed:
            self._wake.wait(self._interval_seconds)
            self._wake.clear()
            self._empty()

    def _empty(self, timeout_seconds: float = -1) -> bool:
        """Hands on all there is, one caller at a time; False where another takes longer than the time given."""
        if not self._delivering.acquire(timeout=timeout_seconds):
            return False
        was_quiet, quiet.on = quiet.on, True
        try:
            while batch := self._take():
                try:
                    self._deliver(batch)
                except Exception:  # noqa: BLE001 - must not reach the host, nor end the thread
                    counters.failure("export_spans")
                    self._drop("export_failed", len(batch))
        finally:
            quiet.on = was_quiet
            self._delivering.release()
        return True

    def _take(self) -> list[ReadableSpan]:
        return [self._waiting.popleft() for _ in range(min(BATCH_MAX_SPANS, len(self._waiting)))]


_queues: "weakref.WeakSet[SpanQueue]" = weakref.WeakSet()


def _after_fork() -> None:
    for queue in list(_queues):
        queue.start_over()


os.register_at_fork(after_in_child=_after_fork)
