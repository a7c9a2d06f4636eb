"""Whose blocks are worth trying on a faster way, and whose were refused there and wait for another try."""

import time
from collections.abc import Callable

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 300.0
PRODUCERS_MAX = 10_000
"""Producers remembered; a sender that invents names must not grow this process."""


class PromisingProducers:
    """Remembers who sent what a faster way refused, and for how long not to try them there.

    A group is refused whole, so producers that only travelled with the culprit are paused too: for a second. The
    culprit is refused again and again, and tried less and less. Used from the event loop only.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._paused: dict[
            str, tuple[float, float]
        ] = {}  # producer to the end of its pause, and the pause's length

    def may_try(self, producer: str) -> bool:
        """Whether the next block of this producer is tried."""
        pause = self._paused.get(producer)
        return pause is None or self._now() >= pause[0]

    def kept(self, producer: str) -> None:
        """A block of this producer was taken."""
        self._paused.pop(producer, None)

    def refused(self, producer: str) -> None:
        """A group with a block of this producer was refused. Counts once for all the blocks sent meanwhile."""
        if not self.may_try(producer):
            return
        _, last_seconds = self._paused.pop(producer, (0.0, FIRST_PAUSE_SECONDS / 2))
        if len(self._paused) >= PRODUCERS_MAX:
            del self._paused[next(iter(self._paused))]
        seconds = min(last_seconds * 2, LONGEST_PAUSE_SECONDS)
        self._paused[producer] = (self._now() + seconds, seconds)
