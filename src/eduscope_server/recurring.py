"""Work that is done again and again in the background: reading what another platform changed, counting, ending."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

_log = logging.getLogger(__name__)


class Recurring:
    """Does some work after every pause, until `stop`. What it cannot do now it says, and tries after the next pause."""

    def __init__(
        self,
        work: Callable[[], Awaitable[object]],
        *,
        name: str,
        pause_seconds: float,
        away: tuple[type[Exception], ...],
    ) -> None:
        """`name` says what is done: `refresh debug windows`. `away` are the errors that may be quoted; of any other
        the class alone is told, since its words may hold anything.
        """
        self._work = work
        self._name = name
        self._pause_seconds = pause_seconds
        self._away = away
        self._task: asyncio.Task[None] | None = None

    def start(self, *, at_once: bool = False) -> None:
        """Goes on until `stop`; the first time after a pause, or `at_once`."""
        self._task = asyncio.create_task(self._go_on(at_once), name=self._name)

    async def stop(self) -> None:
        """Ends it; what is under way is cancelled."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _go_on(self, at_once: bool) -> None:
        if at_once:
            await self._try()
        while True:
            await asyncio.sleep(self._pause_seconds)
            await self._try()

    async def _try(self) -> None:
        try:
            await self._work()
        except self._away as error:
            _log.warning("could not %s, will try again: %s", self._name, error)
        except Exception as error:  # noqa: BLE001 - a bug in one turn must not end all others
            _log.error("could not %s, will try again: %s", self._name, type(error).__name__)
