"""Detectors that failed: the text was withheld, and somebody has to be told."""

import threading
from collections import Counter


class Failures:
    """How many texts were withheld because a detector raised, by the type of the error. Never what the text was."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def add(self, error: BaseException) -> None:
        """Count one text."""
        with self._lock:
            self._counts[type(error).__name__] += 1

    @property
    def counts(self) -> dict[str, int]:
        """Withheld texts by the name of the error's type, since the process began."""
        with self._lock:
            return dict(self._counts)


failures = Failures()
"""Of this process."""
