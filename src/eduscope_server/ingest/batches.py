"""Batches that senders number, so that one sent again after a lost answer is not stored twice."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable

BATCH_HEADER = "eduscope-batch-id"

REMEMBERED_MAX = 50_000
"""Batches remembered: some minutes of a busy platform, in 10 MB. A sender gives up sooner."""

_is_id = re.compile(r"[A-Za-z0-9._-]{8,64}").fullmatch


class Batches:
    """The batches stored lately, and those being stored now. In memory: after a restart, one may be stored again.

    Used from the event loop only.
    """

    def __init__(self) -> None:
        self._stored: OrderedDict[str, None] = OrderedDict()
        self._running: dict[str, asyncio.Future[None]] = {}

    async def once(self, sender: str, batch_id: str | None, store: Callable[[], Awaitable[None]]) -> bool:
        """Stores a batch unless it is stored; False where it was. What `store` raises, it raises.

        A batch that comes again while it is being stored waits for the outcome of the first. Without an id, or with
        one of the wrong shape, every batch is new.
        """
        if not batch_id or not _is_id(batch_id):
            await store()
            return True
        name = f"{sender}/{batch_id}"
        if running := self._running.get(name):
            await asyncio.shield(running)
            return False
        if name in self._stored:
            return False
        running = self._running[name] = asyncio.get_running_loop().create_future()
        try:
            await store()
        except BaseException as error:
            running.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
            running.exception()  # looked at: nobody else may be waiting
            raise
        else:
            running.set_result(None)
            self._remember(name)
        finally:
            del self._running[name]
        return True

    def _remember(self, name: str) -> None:
        self._stored[name] = None
        if len(self._stored) > REMEMBERED_MAX:
            self._stored.popitem(last=False)
