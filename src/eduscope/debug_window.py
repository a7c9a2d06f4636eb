"""Debug lines outside of development: only while the platform says so, and not beyond.

The platform says so in its answers to the lines it takes. A window is on record three times: at the platform, and by a
line of the service where it begins and where it ends.
"""

import os
import threading
import time
import weakref
from collections.abc import Callable, Mapping

from eduscope.contract.headers import DEBUG_HEADER, DEBUG_SECONDS_MAX
from eduscope.counters import counters
from eduscope.line import LEVELS, Lines

DEBUG = LEVELS["debug"]
WARNING = LEVELS["warning"]
"""Both lines are warnings: no level that a service is set to hides them."""


class DebugWindow:
    """Lets debug lines through for a while. It ends by itself, whatever becomes of the platform."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lines: Lines | None = None
        self._threshold = 0
        self._began = 0.0
        self._ends: float | None = None
        self.start_over()
        _windows.add(self)

    def over(self, lines: Lines) -> None:
        """Names the lines it is about."""
        self._lines = lines

    def heard(self, headers: Mapping[str, str]) -> None:
        """Takes the platform's word from an answer. One that says nothing changes nothing. Never raises."""
        try:
            seconds = int(headers.get(DEBUG_HEADER) or -1)
            with self._lock:
                if seconds > 0:
                    self._open(min(seconds, DEBUG_SECONDS_MAX))
                elif seconds == 0:
                    self.end()
        except Exception:  # noqa: BLE001 - an answer must not end the thread that sends lines
            counters.failure("debug_window")

    def check(self) -> None:
        """Ends it if it is time."""
        with self._lock:
            if self._ends is None:
                return
            left = self._ends - self._clock()
            if left <= 0:
                self.end()
            else:
                self._wait(left)

    def end(self) -> None:
        """Ends it now, with the line that says so; nothing where none is open."""
        with self._lock:
            lines, ends = self._lines, self._ends
            if lines is None or ends is None:
                return
            self._ends = None
            if self._timer is not None:
                self._timer.cancel()
            lines.threshold = self._threshold
            lines.write(WARNING, "debug window ended", {"debug.seconds": round(self._clock() - self._began)})

    def start_over(self) -> None:
        """Its own lock and timer, at the start and in a forked child: threads are not inherited."""
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None
        if self._ends is not None:
            self._wait(max(self._ends - self._clock(), 0))

    def _open(self, seconds: int) -> None:
        """Opens it, or sets its end anew: the platform may have opened a longer one, or closed the longer of two."""
        lines, now = self._lines, self._clock()
        if lines is None:
            return
        if self._ends is None:
            if lines.threshold <= DEBUG:  # development
                return
            self._threshold, self._began = lines.threshold, now
            lines.write(WARNING, "debug window began", {"debug.seconds": seconds})
            lines.threshold = DEBUG
        self._ends = min(now + seconds, self._began + DEBUG_SECONDS_MAX)
        self._wait(self._ends - now)

    def _wait(self, seconds: float) -> None:
        """Has itself checked later, so that it ends in a service that has nothing to say, too."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(seconds, self.check)
        self._timer.name = "eduscope-debug-window"
        self._timer.daemon = True
        self._timer.start()


_windows: "weakref.WeakSet[DebugWindow]" = weakref.WeakSet()


def _after_fork() -> None:
    for window in list(_windows):
        window.start_over()


os.register_at_fork(after_in_child=_after_fork)
