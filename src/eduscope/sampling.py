"""Which lines of a high-volume event are kept: a share of the journeys, each journey whole.

An event is known by its message, in lower case. The decision hangs on the correlation id alone, so that
every service keeps the same journeys, without asking each other.
"""

import random
import zlib
from collections.abc import Iterable

WARNING = 30
"""From this level on every line is kept."""

_SPACE = 2**32

_draw = random.Random()  # noqa: S311 - the host may have seeded the shared one and count on its numbers


class Sampling:
    """The high-volume events of a service and the share of their lines that is kept, below warning."""

    __slots__ = ("events", "share")

    def __init__(self, events: Iterable[str], share: float) -> None:
        """`share` is from 0 (none) to 1 (all)."""
        self.events = frozenset(event.lower() for event in events) if share < 1 else frozenset()
        self.share = share

    def is_sampled(self, message: object) -> bool:
        """Whether the event is one of high volume."""
        return type(message) is str and message.lower() in self.events

    def keeps(self, correlation_id: str) -> bool:
        """Whether this journey is one of those kept; work of no journey is drawn line by line.

        The CRC-32 of the id (IEEE 802.3), as a share of its range, is below the share.
        """
        if not correlation_id:
            return _draw.random() < self.share
        return zlib.crc32(correlation_id.encode("utf-8", "replace")) < self.share * _SPACE


KEEP_ALL = Sampling((), 1.0)
"""No event is of high volume."""
