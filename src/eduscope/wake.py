"""An event that code may set while its own thread is setting it.

A signal handler, or a finaliser that the garbage collector calls, runs in the middle of whatever its thread does. One
that logs while the thread logs would wait for ever on the lock inside `threading.Event`, which its own thread holds.
"""

import threading


class Wake:
    """`threading.Event` for what is called in the host's threads."""

    __slots__ = ("_changed", "_on")

    def __init__(self) -> None:
        self._on = False
        self._changed = threading.Condition(threading.RLock())

    def is_set(self) -> bool:
        """Whether it was set since it was cleared."""
        return self._on

    def set(self) -> None:
        """Wakes who waits, and whoever comes until it is cleared."""
        with self._changed:
            self._on = True
            self._changed.notify_all()

    def clear(self) -> None:
        """Lets the next one wait."""
        self._on = False

    def wait(self, timeout_seconds: float) -> bool:
        """Waits until it is set; False if the time was not enough."""
        with self._changed:
            return self._changed.wait_for(self.is_set, timeout_seconds)
