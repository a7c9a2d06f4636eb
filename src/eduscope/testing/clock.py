"""A clock that tests move, and ids that count: what is recorded can be foretold."""

import itertools
from collections.abc import Callable

START_NS = 1_790_000_000_000_000_000
"""Where the fake clock starts: 2026-09-21T14:13:20Z."""


class FakeClock:
    """A clock that moves only when told to.

    >>> clock = FakeClock()
    >>> with capture(clock=clock) as seen:
    ...     log.info("opened")
    ...     clock.advance(60)
    ...     log.info("handed in")
    """

    def __init__(self, now_ns: int = START_NS) -> None:
        self.now_ns = now_ns

    def __call__(self) -> int:
        """The time in nanoseconds since 1970."""
        return self.now_ns

    def advance(self, seconds: float) -> None:
        """Moves the clock; a negative number moves it back."""
        self.now_ns += round(seconds * 1e9)


def counted_ids() -> Callable[[], str]:
    """A source of ids that counts: `00…01`, `00…02`."""
    numbers = itertools.count(1)
    return lambda: f"{next(numbers):032x}"
