"""Follows the file with the key ring: a ring put in its place is in use within seconds, without a restart."""

import os
import threading
import weakref
from collections.abc import Callable
from pathlib import Path

from eduscope.counters import counters
from eduscope.privacy import KeyRing, KeyRingError
from eduscope.privacy.key_source import FileKeys

LOOK_SECONDS = 2.0
"""A look is one `stat`, some microseconds."""


class KeyFile:
    """The ring of a file, and a thread that looks whether the file was replaced."""

    def __init__(
        self, path: Path, *, take: Callable[[KeyRing], None], complain: Callable[[str], None]
    ) -> None:
        """`take` is given each ring, the first one now; `complain` what is wrong with a file that was put there later.

        Raises KeyRingError where the file cannot be used at the start.
        """
        self._keys = FileKeys(path)
        self._take = take
        self._complain = complain
        self._ring = self._keys.ring()
        self._complaint = ""
        take(self._ring)
        self.start_over()
        _files.add(self)

    def look(self) -> None:
        """Takes the file's ring where it is another one. One that cannot be used changes nothing, and is told once."""
        try:
            ring = self._keys.ring()
        except KeyRingError as error:
            counters.failure("token_keys_file")
            if str(error) != self._complaint:
                self._complaint = str(error)
                self._complain(self._complaint)
            return
        self._complaint = ""
        if ring is not self._ring:
            self._ring = ring
            self._take(ring)

    def end(self) -> None:
        """Looks no more. The ring stays in use."""
        _files.discard(self)
        self._ended.set()
        self._thread.join()

    def start_over(self) -> None:
        """A thread, at the start and in a forked child: threads are not inherited."""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="eduscope-token-keys", daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        ended = self._ended
        while not ended.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception:  # noqa: BLE001 - the thread outlives whatever it met
                counters.failure("token_keys_file")


_files: "weakref.WeakSet[KeyFile]" = weakref.WeakSet()


def _after_fork() -> None:
    for file in list(_files):
        file.start_over()


os.register_at_fork(after_in_child=_after_fork)
