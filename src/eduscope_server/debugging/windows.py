"""Opens, closes and knows debug windows.

The open ones are in memory, so that a door asks for the price of a look-up, and PostgreSQL may be away: what was open
stays open until its own end. One opened at another platform on the same PostgreSQL is seen after `REFRESH_SECONDS`.
"""

import math
import time
from collections.abc import Awaitable, Callable

from eduscope_server.debugging.records import DebugWindow, Opening
from eduscope_server.recurring import Recurring
from eduscope_server.state import State, StateUnavailable, load_queries

_QUERIES = load_queries("eduscope_server.debugging", "queries.sql")

REFRESH_SECONDS = 5.0
LISTED_MAX = 100

Tell = Callable[[str, DebugWindow, str], Awaitable[None]]
"""Keeps on record what happened (`debug window opened`), to which window, by whom. Raises where it can't."""


async def _tell_nobody(_event: str, _window: DebugWindow, _by: str) -> None:
    """Where there is no store to tell."""


class DebugWindows:
    """The windows of a platform."""

    def __init__(
        self, state: State, *, tell: Tell = _tell_nobody, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._state = state
        self._tell = tell
        self._clock = clock
        self._ends: dict[tuple[str, str], float] = {}
        self._refreshing = Recurring(
            self.refresh,
            name="refresh debug windows",
            pause_seconds=REFRESH_SECONDS,
            away=(StateUnavailable,),
        )

    async def start(self) -> None:
        """Reads what is open, and goes on doing so until `stop`. Raises `StateUnavailable`."""
        await self.refresh()
        self._refreshing.start()

    async def stop(self) -> None:
        """Reads no more."""
        await self._refreshing.stop()

    def seconds_left(self, service_name: str, environment: str) -> int:
        """For how many seconds a service may write debug lines; 0 for none. In memory."""
        ends = self._ends.get((service_name, environment))
        return 0 if ends is None else max(math.ceil(ends - self._clock()), 0)

    async def open(self, wanted: Opening, *, by: str) -> DebugWindow:
        """Opens a window, on record. One that cannot be put on record does not stay open.

        1. PostgreSQL keeps it.
        2. The store has the line that tells of it.
        3. The doors know it.
        """
        rows = await self._state.fetch(
            _QUERIES["open_window"],
            {
                "service_name": wanted.service_name,
                "environment": wanted.environment,
                "reason": wanted.reason,
                "minutes": wanted.minutes,
                "opened_by": by,
            },
        )
        window = DebugWindow(**rows[0])
        try:
            await self._tell("debug window opened", window, by)
        except BaseException:
            await self._close(window.window_id, by)
            raise
        await self.refresh()
        return window

    async def close(self, window_id: int, *, by: str) -> bool:
        """Ends a window now, on record; False if there is no such open window."""
        window = await self._close(window_id, by)
        await self.refresh()
        if window is not None:
            await self._tell("debug window closed", window, by)
        return window is not None

    async def list(self) -> list[DebugWindow]:
        """The latest windows, open ones first."""
        rows = await self._state.fetch(_QUERIES["list_windows"], {"limit": LISTED_MAX})
        return [DebugWindow(**row) for row in rows]

    async def refresh(self) -> None:
        """Reads what is open now. Raises `StateUnavailable`; what was known stays."""
        rows = await self._state.fetch(_QUERIES["open_windows"])
        now = self._clock()
        ends: dict[tuple[str, str], float] = {}
        for row in rows:
            place = (row["service_name"], row["environment"])
            ends[place] = max(now + row["seconds_left"], ends.get(place, 0.0))
        self._ends = ends

    async def _close(self, window_id: int, by: str) -> DebugWindow | None:
        row = await self._state.fetch_one(_QUERIES["close_window"], {"window_id": window_id, "closed_by": by})
        return None if row is None else DebugWindow(**row)
