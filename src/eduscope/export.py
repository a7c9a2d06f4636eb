"""The bounded way out: lines wait in memory for a background thread that takes them to the platform.

The host's thread only appends to a queue. The queue is bounded in bytes; what does not fit is dropped and
counted. A platform that is slow, away or refusing costs the host nothing but those drops.
"""

import enum
import os
import random
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

from eduscope.counters import counters

BACKOFF_FIRST_SECONDS = 0.25
BACKOFF_MAX_SECONDS = 15.0
"""Doubling from the first to the most, with jitter, so that a fleet does not come back all at once."""

DOUBTFUL_ATTEMPTS_MAX = 5
"""How often a batch is tried that the platform fails on, before it is given up for those behind it."""

LINE_OVERHEAD_BYTES = 80
"""What a `bytes` object and its place in the queue cost beside its content (measured with
`sys.getsizeof`).
"""


_jitter = random.Random()  # noqa: S311 - the host may have seeded the shared one and count on its numbers


class Verdict(enum.Enum):
    """What a sending came to, which is what to do next."""

    KEPT = enum.auto()
    LATER = enum.auto()
    """The platform is away or busy: the same batch again, for as long as it takes."""
    DOUBTFUL = enum.auto()
    """The platform failed on it: again, but not for ever, or one batch would stop all others."""
    REFUSED = enum.auto()
    """It will never be taken."""


class Outcome(NamedTuple):
    """What came of one sending, and the reason to count it under."""

    verdict: Verdict
    reason: str = ""
    retry_after_seconds: float = 0.0


class Sender(Protocol):
    """What takes a batch to the platform; `eduscope.delivery.Delivery` does."""

    def send(self, lines: bytes) -> Outcome:
        """Sends lines once."""

    def close(self) -> None:
        """Gives up the connection."""


class Exporter:
    """A queue of lines and the thread that empties it. The thread starts with the first line."""

    def __init__(  # noqa: PLR0913 - built in one place, by keyword
        self,
        make_sender: Callable[[], Sender],
        *,
        queue_bytes: int,
        batch_bytes: int,
        interval_seconds: float,
        keep_newest: bool = True,
        in_thread: Callable[[], None] = lambda: None,
    ) -> None:
        self._make_sender = make_sender
        self._queue_bytes = queue_bytes
        self._batch_bytes = batch_bytes
        self._interval_seconds = interval_seconds
        self._keep_newest = keep_newest
        self._in_thread = in_thread
        self._closed = False
        self.start_over()
        _exporters.add(self)

    def start_over(self) -> None:
        """An empty queue without a thread: at the start, and in a forked child, whose parent keeps the
        lines.
        """
        # Re-entrant, because a signal handler or a finaliser may log while its own thread is inside `offer`.
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._stop_at = float("inf")
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._in_flight_bytes = 0
        self._thread: threading.Thread | None = None

    @property
    def queued_bytes(self) -> int:
        """What waits, and what is being sent."""
        return self._waiting_bytes + self._in_flight_bytes

    def offer(self, line: bytes) -> None:
        """Takes a line; never waits for the platform, never raises."""
        size = len(line) + LINE_OVERHEAD_BYTES
        with self._lock:
            if self._closed:
                counters.drop("closed")
                return
            if self.queued_bytes + size > self._queue_bytes and not self._make_room(size):
                counters.drop("queue_full")
                return
            self._waiting.append(line)
            self._waiting_bytes += size
            self._idle.clear()
            if self._thread is None:
                self._start_thread()
        if self._waiting_bytes >= self._batch_bytes and not self._wake.is_set():
            self._wake.set()

    def flush(self, timeout_seconds: float) -> bool:
        """Waits until everything taken so far is sent or given up; False if the time was not enough."""
        self._wake.set()
        return self._idle.wait(timeout_seconds)

    def close(self, timeout_seconds: float) -> None:
        """Sends what it can in the time given, counts the rest as dropped, and ends the thread."""
        with self._lock:
            self._closed = True
            self._stop_at = time.monotonic() + timeout_seconds
            thread = self._thread
        self._stop.set()
        self._wake.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_seconds + 0.2)
        with self._lock:
            left = len(self._waiting)
            self._waiting.clear()
            self._waiting_bytes = 0
        if left:
            counters.drop("shutdown", left)

    def _make_room(self, size: int) -> bool:
        """Drops the oldest lines until one of this size fits; False where the new one is to go instead."""
        if not self._keep_newest or size + self._in_flight_bytes > self._queue_bytes:
            return False
        while self._waiting and self.queued_bytes + size > self._queue_bytes:
            self._waiting_bytes -= len(self._waiting.popleft()) + LINE_OVERHEAD_BYTES
            counters.drop("queue_full")
        return True

    def _start_thread(self) -> None:
        thread = threading.Thread(target=self._run, name="eduscope-export", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the interpreter is ending, or the process may have no more threads
            counters.failure("export_thread")
            return
        self._thread = thread

    def _run(self) -> None:
        """Every interval, or when woken by a full batch, a flush or the end: sends all there is."""
        self._in_thread()
        sender = self._make_sender()
        try:
            while not self._stop.is_set():
                self._wake.wait(self._interval_seconds)
                self._wake.clear()
                while batch := self._take():
                    self._deliver(sender, batch)
        except Exception:  # noqa: BLE001 - must not reach the host; the next line starts a new thread
            counters.failure("export")
            with self._lock:
                self._thread = None
                self._in_flight_bytes = 0
        finally:
            sender.close()

    def _take(self) -> list[bytes]:
        """The next batch, in flight from now on; empty, and all idle, when nothing waits."""
        with self._lock:
            batch: list[bytes] = []
            size = 0
            while self._waiting and size < self._batch_bytes:
                line = self._waiting.popleft()
                batch.append(line)
                size += len(line) + LINE_OVERHEAD_BYTES
            self._waiting_bytes -= size
            self._in_flight_bytes = size
            if not batch:
                self._idle.set()
            return batch

    def _deliver(self, sender: Sender, batch: list[bytes]) -> None:
        """Sends one batch, again and again where that may help, until it is kept or given up."""
        lines = b"".join(batch)
        backoff_seconds = BACKOFF_FIRST_SECONDS
        attempt = 1
        while True:
            outcome = sender.send(lines)
            if outcome.verdict is Verdict.KEPT:
                counters.sent(lines=len(batch), size_bytes=len(lines))
                return
            counters.failure(f"export_{outcome.reason}")
            worn_out = outcome.verdict is Verdict.DOUBTFUL and attempt >= DOUBTFUL_ATTEMPTS_MAX
            if outcome.verdict is Verdict.REFUSED or worn_out:
                counters.drop(outcome.reason, len(batch))
                return
            pause = max(outcome.retry_after_seconds, backoff_seconds * _jitter.uniform(0.5, 1.0))
            if not self._pause(pause):
                counters.drop("shutdown", len(batch))
                return
            backoff_seconds = min(backoff_seconds * 2, BACKOFF_MAX_SECONDS)
            attempt += 1

    def _pause(self, seconds: float) -> bool:
        """Waits before the next try; at the end of the process not longer than is left. False: no time
        left.
        """
        if not self._stop.is_set() and not self._stop.wait(seconds):
            return True
        left_seconds = self._stop_at - time.monotonic()
        if seconds >= left_seconds:
            return False
        time.sleep(seconds)
        return True


_exporters: "weakref.WeakSet[Exporter]" = weakref.WeakSet()


def _after_fork() -> None:
    for exporter in list(_exporters):
        exporter.start_over()


os.register_at_fork(after_in_child=_after_fork)


def queued_bytes() -> int:
    """What waits in all exporters of this process."""
    return sum(exporter.queued_bytes for exporter in list(_exporters))
