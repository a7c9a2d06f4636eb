"""Group commit: requests wait together, one insert stores them all, then each is answered."""

import asyncio
import contextlib
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from eduscope_server.store.errors import StoreError, StoreUnavailable, UnreadableBlock

LINGER_SECONDS = 0.006
"""How long a group waits for the next block while requests are being read. One of 500 records takes a fifth of that
to be read, checked and scanned."""
LONGEST_LINGER_SECONDS = 0.06
"""How long a group waits in all."""

SMALL_BYTES, FEW_BLOCKS = 64 * 1024, 8
SPACING_SECONDS = 0.2
"""A group that is smaller and of fewer blocks is inserted no sooner after the last one: a dozen services that send a
few lines each, twice a second, would keep the engine busy with planning inserts. Who waits is a background export.
"""


class Waiting(NamedTuple):
    """One request's block, and whom to tell when it is stored."""

    block: bytes
    loop: asyncio.AbstractEventLoop
    stored: "asyncio.Future[None]"


class GroupCommit:
    """Joins the blocks that wait for one inlet into one insert, in a thread of its own.

    Blocks are joined end to end, which is right for protobuf messages of one type and for lines. While one
    group is being inserted the next one gathers, so the group grows with the load. Who comes first and alone is
    inserted at once; where more are on their way, the group waits for them as long as they keep coming: an insert costs
    the engine 20 ms before its first record. For the same reason small groups keep a distance from each other.
    """

    def __init__(
        self,
        insert: Callable[[bytes], None],
        *,
        name: str,
        group_bytes: int,
        on_commit: Callable[[], None] = lambda: None,
        arriving: Callable[[], int] = lambda: 0,
    ) -> None:
        """`insert` stores a block whole or raises a `StoreError`; `on_commit` is told after each group. `arriving`
        says how many requests are being read that may bring blocks; it is asked in the commit's own thread.
        """
        self._insert = insert
        self._group_bytes = group_bytes
        self._on_commit = on_commit
        self._arriving = arriving
        self._inserting = 0
        self._inserted_at = -math.inf
        self._waiting: deque[Waiting] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=f"commit-{name}", daemon=True)
        self._thread.start()

    async def commit(self, block: bytes) -> None:
        """Returns when the block is stored. Raises `StoreUnavailable` or `UnreadableBlock`, for this block alone."""
        loop = asyncio.get_running_loop()
        stored: asyncio.Future[None] = loop.create_future()
        with self._changed:
            if self._closing:
                raise StoreUnavailable("the platform is stopping; send it again to the next one")
            self._waiting.append(Waiting(block, loop, stored))
            self._changed.notify()
        await stored

    @property
    def blocks(self) -> int:
        """How many blocks wait or are being stored."""
        return len(self._waiting) + self._inserting

    def close(self) -> None:
        """Takes nothing new, stores what waits, and ends the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while group := self._next_group():
            self._inserting = len(group)
            self._inserted_at = time.monotonic()
            outcomes = self._store(group)
            self._inserting = 0
            for waiting, error in zip(group, outcomes, strict=True):
                _answer(waiting, error)
            self._on_commit()

    def _next_group(self) -> list[Waiting]:
        """The blocks that wait, oldest first, up to the size of a group; none once closed and drained."""
        with self._changed:
            while not self._waiting and not self._closing:
                self._changed.wait()
            self._gather()
            self._keep_distance()
            group: list[Waiting] = []
            group_bytes = 0
            while self._waiting and (
                not group or group_bytes + len(self._waiting[0].block) <= self._group_bytes
            ):
                group_bytes += len(self._waiting[0].block)
                group.append(self._waiting.popleft())
            return group

    def _gather(self) -> None:
        """Waits for the blocks on their way, as long as one comes after the other and none has waited for long."""
        latest = time.monotonic() + LONGEST_LINGER_SECONDS
        waiting = 0
        while not self._closing and waiting < len(self._waiting) and self._arriving() > 0:
            waiting = len(self._waiting)
            left = latest - time.monotonic()
            if left <= 0 or self._waiting_bytes() >= self._group_bytes:
                return
            self._wait_for_another(waiting, min(left, LINGER_SECONDS))

    def _keep_distance(self) -> None:
        """Waits with a small group for others to join it, until the last insert is some time ago."""
        small_bytes = min(SMALL_BYTES, self._group_bytes)
        due = self._inserted_at + SPACING_SECONDS
        while not self._closing and (left := due - time.monotonic()) > 0:
            if len(self._waiting) >= FEW_BLOCKS or self._waiting_bytes() >= small_bytes:
                return
            self._wait_for_another(len(self._waiting), left)

    def _waiting_bytes(self) -> int:
        return sum(len(waiting.block) for waiting in self._waiting)

    def _wait_for_another(self, waiting: int, seconds: float) -> None:
        """Returns when more than `waiting` blocks wait, or after that long."""
        self._changed.wait_for(lambda: len(self._waiting) > waiting or self._closing, timeout=seconds)

    def _store(self, group: list[Waiting]) -> list[StoreError | None]:
        """Stores a group; where the engine can't read it, each half by itself, so that only the bad block fails."""
        error = self._try(b"".join(waiting.block for waiting in group))
        if not isinstance(error, UnreadableBlock) or len(group) == 1:
            return [error] * len(group)
        middle = len(group) // 2
        return self._store(group[:middle]) + self._store(group[middle:])

    def _try(self, block: bytes) -> StoreError | None:
        try:
            self._insert(block)
        except StoreError as error:
            return error
        except Exception as error:  # noqa: BLE001 - the thread must outlive any engine bug; the senders try again
            return StoreUnavailable(f"the store failed ({type(error).__name__})")
        return None


def _answer(waiting: Waiting, error: StoreError | None) -> None:
    def resolve() -> None:
        if waiting.stored.done():
            return  # its sender has hung up
        if error is None:
            waiting.stored.set_result(None)
        else:
            waiting.stored.set_exception(error)

    with contextlib.suppress(RuntimeError):  # the loop is gone: there is nobody left to answer
        waiting.loop.call_soon_threadsafe(resolve)
