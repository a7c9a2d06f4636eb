"""The bounded way out: lines and encoded spans wait in memory for a background thread that takes them to a target.

The host's thread only appends to a queue. The queue is bounded in bytes; what does not fit is dropped and
counted. A platform that is slow, away or refusing costs the host nothing but those drops.
"""

import contextvars
import enum
import os
import random
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import NamedTuple, Protocol

from eduscope.counters import counters
from eduscope.quiet import quiet
from eduscope.wake import Wake

BACKOFF_FIRST_SECONDS = 0.25
BACKOFF_MAX_SECONDS = 15.0
"""Doubling from the first to the most, with jitter, so that a fleet does not come back all at once."""

COMPLAINT_ATTEMPTS = 4
"""After so many tries, some three seconds, a platform that is away is told of: a restart of it is not worth a word."""

COMPLAINT_INTERVAL_SECONDS = 60.0

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
    """What takes a batch to its target; `eduscope.delivery.Delivery` does."""

    def send(self, body: bytes, batch_id: str) -> Outcome:
        """Sends a batch once. The id is the same each time the same batch is sent."""

    def close(self) -> None:
        """Gives up the connection."""


class Tally(Protocol):
    """Where an exporter counts what became of its records; `eduscope.counters` for lines."""

    def drop(self, reason: str, records: int = 1, /) -> None:
        """Counts records given up."""

    def sent(self, *, records: int, size_bytes: int) -> None:
        """Counts a batch the target kept."""


class LineTally:
    """Counts lines."""

    def drop(self, reason: str, records: int = 1, /) -> None:
        """Counts lines given up."""
        counters.drop(reason, records)

    def sent(self, *, records: int, size_bytes: int) -> None:
        """Counts a batch of lines the platform kept."""
        counters.sent(lines=records, size_bytes=size_bytes)


class Piece(bytes):
    """Bytes that hold several records and can be joined with others, such as an encoded OTLP message."""

    records = 1

    @classmethod
    def of(cls, content: bytes, records: int) -> "Piece":
        """The bytes, knowing how many records they hold."""
        piece = cls(content)
        piece.records = records
        return piece


def _records(batch: Iterable[bytes]) -> int:
    return sum(getattr(piece, "records", 1) for piece in batch)


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
        tally: Tally | None = None,
        complain: Callable[[str], None] = lambda _reason: None,
    ) -> None:
        self._make_sender = make_sender
        self._queue_bytes = queue_bytes
        self._batch_bytes = batch_bytes
        self._interval_seconds = interval_seconds
        self._keep_newest = keep_newest
        self._in_thread = in_thread
        self._tally = tally or LineTally()
        self._complain = complain
        self._complained_at = -COMPLAINT_INTERVAL_SECONDS
        self._closed = False
        self.start_over()
        _exporters.add(self)

    def start_over(self) -> None:
        """An empty queue without a thread: at the start, and in a forked child, whose parent keeps the
        lines.
        """
        # Re-entrant, because a signal handler or a finaliser may log while its own thread is inside `offer`.
        self._lock = threading.RLock()
        self._wake = Wake()
        self._stop = Wake()
        self._idle = Wake()
        self._idle.set()
        self._stop_at = float("inf")
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._in_flight_bytes = 0
        self._in_flight_records = 0
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
                self._tally.drop("closed", _records([line]))
                return
            if self.queued_bytes + size > self._queue_bytes and not self._make_room(size):
                self._tally.drop("queue_full", _records([line]))
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

    def start(self) -> None:
        """Starts the thread before the first line: at the very end of a process none can be started."""
        with self._lock:
            if self._thread is None and not self._closed:
                self._start_thread()

    def begin_close(self, timeout_seconds: float) -> None:
        """Takes no more, and lets the thread send what it can in the time given. Does not wait."""
        with self._lock:
            self._closed = True
            self._stop_at = time.monotonic() + timeout_seconds
        self._stop.set()
        self._wake.set()

    def close(self, timeout_seconds: float) -> None:
        """Sends what it can in the time given, counts the rest as dropped, and ends the thread."""
        self.begin_close(timeout_seconds)
        thread = self._thread
        if thread is None:
            if self._waiting:
                self._send_here()
        elif thread.is_alive() and thread is not threading.current_thread():
            thread.join(timeout_seconds + 0.2)
        with self._lock:
            left = _records(self._waiting)
            self._waiting.clear()
            self._waiting_bytes = 0
        if left:
            self._tally.drop("shutdown", left)

    def _make_room(self, size: int) -> bool:
        """Drops the oldest lines until one of this size fits; False where the new one is to go instead."""
        if not self._keep_newest or size + self._in_flight_bytes > self._queue_bytes:
            return False
        while self._waiting and self.queued_bytes + size > self._queue_bytes:
            oldest = self._waiting.popleft()
            self._waiting_bytes -= len(oldest) + LINE_OVERHEAD_BYTES
            self._tally.drop("queue_full", _records([oldest]))
        return True

    def _start_thread(self) -> None:
        # Noted before it starts: a signal handler that logs while it does must not start another.
        thread = self._thread = threading.Thread(target=self._run, name="eduscope-export", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the interpreter is ending, or the process may have no more threads
            counters.failure("export_thread")
            self._thread = None

    def _send_here(self) -> None:
        """Sends what waits in the caller's thread: Python 3.12 starts none once the main thread has ended."""
        was_quiet = quiet.on
        try:
            contextvars.copy_context().run(self._run)
        finally:
            quiet.on = was_quiet

    def _run(self) -> None:
        try:
            self._in_thread()
            with closing(self._make_sender()) as sender:
                self._send_until_closed(sender)
        except Exception:  # noqa: BLE001 - must not reach the host; the next line starts a new thread
            counters.failure("export")
            with self._lock:
                self._thread = None
                self._in_flight_bytes = 0
                lost, self._in_flight_records = self._in_flight_records, 0
            if lost:
                self._tally.drop("failed", lost)

    def _send_until_closed(self, sender: Sender) -> None:
        """Every interval, or when woken by a full batch, a flush or the end: sends all there is."""
        ending = False
        while not ending:
            # Looked at before the queue is: an end that comes while this thread starts leaves nothing behind.
            ending = self._stop.is_set()
            if not ending:
                self._wake.wait(self._interval_seconds)
            self._wake.clear()
            while batch := self._take():
                self._deliver(sender, batch)

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
            self._in_flight_records = _records(batch)
            if not batch:
                self._idle.set()
            return batch

    def _deliver(self, sender: Sender, batch: list[bytes]) -> None:
        """Sends one batch, again and again where that may help, until it is kept or given up."""
        body = b"".join(batch)
        records = _records(batch)
        batch_id = f"{_jitter.getrandbits(128):032x}"
        backoff_seconds = BACKOFF_FIRST_SECONDS
        attempt = 1
        while True:
            outcome = sender.send(body, batch_id)
            if outcome.verdict is Verdict.KEPT:
                self._tally.sent(records=records, size_bytes=len(body))
                return
            counters.failure(f"export_{outcome.reason}")
            if outcome.verdict is Verdict.REFUSED or attempt == COMPLAINT_ATTEMPTS:
                self._tell(outcome.reason)
            worn_out = outcome.verdict is Verdict.DOUBTFUL and attempt >= DOUBTFUL_ATTEMPTS_MAX
            if outcome.verdict is Verdict.REFUSED or worn_out:
                self._tally.drop(outcome.reason, records)
                return
            pause = max(outcome.retry_after_seconds, backoff_seconds * _jitter.uniform(0.5, 1.0))
            if not self._pause(pause):
                self._tally.drop("shutdown", records)
                return
            backoff_seconds = min(backoff_seconds * 2, BACKOFF_MAX_SECONDS)
            attempt += 1

    def _tell(self, reason: str) -> None:
        """Complains, now and then."""
        now = time.monotonic()
        if now - self._complained_at >= COMPLAINT_INTERVAL_SECONDS:
            self._complained_at = now
            self._complain(reason)

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
    _jitter.seed()  # else every child would draw the same batch ids
    for exporter in list(_exporters):
        exporter.start_over()


os.register_at_fork(after_in_child=_after_fork)


def queued_bytes() -> int:
    """What waits in all exporters of this process."""
    return sum(exporter.queued_bytes for exporter in list(_exporters))
