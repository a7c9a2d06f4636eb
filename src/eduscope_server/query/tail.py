"""Live tail: the records that match, as they come in."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from eduscope_server.query.expression import Expression
from eduscope_server.query.fields import LOGS
from eduscope_server.query.records import LOG_COLUMNS, Log, read_log
from eduscope_server.query.scope import Scope
from eduscope_server.query.sql import Condition
from eduscope_server.query.statement import statement
from eduscope_server.store import QueryTimeout, Store, StoreUnavailable

MAX_FOLLOWERS = 50
"""Each one asks the engine a question a second."""
STALLED_SECONDS = 60.0
"""Who has taken nothing for so long (a connection nobody reads any more) asks nothing either, and is not counted."""
MAX_RECORDS_PER_ROUND = 500
"""More than anyone reads in a second. The rest of a flood is counted, not sent."""
LONGEST_FOLLOW_SECONDS = 1_800
"""A browser reconnects by itself; by then a session that has ended is refused."""
POLL_SECONDS = 1.0
"""How long a record that another process stored may go unseen."""
PAUSE_SECONDS = 0.25
"""Commits come many times a second under load; one round takes in all of a pause."""
AWAY_PAUSE_SECONDS = 5.0
OVERLAP = timedelta(seconds=5)
"""A record carries the time its insert began and is seen when that ends: each round looks back this far."""


class TailFull(Exception):
    """As many people follow as may. Try again later."""

    retry_after_seconds = 10


@dataclass(frozen=True, slots=True)
class Arrived:
    """Records that came in, oldest first."""

    logs: list[Log]


@dataclass(frozen=True, slots=True)
class Dropped:
    """How many records that match were left out, because more came than can be shown."""

    count: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing came in this round."""


Round = Arrived | Dropped | Quiet


@dataclass(slots=True)
class _Follower:
    """Where one reader is: what it came for, up to when it has looked, and what it has had since."""

    expression: Expression
    scope: Scope
    mark: datetime
    had: dict[int, datetime] = field(default_factory=dict)


class Tail:
    """Wakes its followers when something was stored; each then asks for itself.

    A follower asks only when its reader has taken the last round, so a slow reader costs no memory.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._took: dict[object, float] = {}
        """When each follower took its last round."""
        self._closed = False
        self._changed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def notify(self) -> None:
        """Says that something was stored. Cheap, and safe from any thread."""
        if self._loop is not None and self._took:
            self._loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        """Ends every follow, so that a shutdown need not wait for them."""
        self._closed = True
        self._wake()

    async def follow(self, expression: Expression, scope: Scope) -> AsyncIterator[Round]:
        """Rounds of new records, until the reader leaves, the tail closes or the longest follow is over.

        Raises `TailFull` at once where too many follow already.
        """
        now = time.monotonic()
        if sum(now - took < STALLED_SECONDS for took in self._took.values()) >= MAX_FOLLOWERS:
            raise TailFull(f"{MAX_FOLLOWERS} live tails are open; that is as many as may be")
        self._loop = asyncio.get_running_loop()
        me = object()
        self._took[me] = now
        try:
            follower = _Follower(expression, scope, await self._engine_time())
            yield Quiet()
            end = now + LONGEST_FOLLOW_SECONDS
            while not self._closed and time.monotonic() < end:
                self._took[me] = time.monotonic()
                await self._wait()
                for part in await self._round(follower):
                    yield part
        finally:
            del self._took[me]

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _wait(self) -> None:
        """Until something was stored, or it is time to look anyway."""
        changed = self._changed
        await asyncio.sleep(PAUSE_SECONDS)
        try:
            await asyncio.wait_for(changed.wait(), POLL_SECONDS - PAUSE_SECONDS)
        except TimeoutError:
            return

    async def _engine_time(self) -> datetime:
        rows = await self._store.fetch(statement("logs.sql", "engine_time"))
        now: datetime = rows[0]["now"]
        return now.astimezone(UTC)

    async def _round(self, follower: _Follower) -> list[Round]:
        try:
            rows = await self._arrived(follower)
            return await self._sort_out(follower, rows)
        except (StoreUnavailable, QueryTimeout):
            await asyncio.sleep(AWAY_PAUSE_SECONDS)
            return [Quiet()]

    async def _arrived(self, follower: _Follower) -> list[dict[str, Any]]:
        condition = _condition(follower, follower.mark - OVERLAP)
        sql = statement("logs.sql", "arrived", condition=condition, columns=LOG_COLUMNS)
        limit = {"limit": MAX_RECORDS_PER_ROUND}
        return await self._store.fetch(sql, condition.parameters | limit)

    async def _sort_out(self, follower: _Follower, rows: list[dict[str, Any]]) -> list[Round]:
        """What of the newest records is new, and how many fell between it and the last round."""
        new = [row for row in reversed(rows) if row["tie"] not in follower.had]
        parts: list[Round] = []
        if len(rows) == MAX_RECORDS_PER_ROUND and rows[-1]["received_at"] > follower.mark:
            condition = _condition(follower, follower.mark + timedelta(milliseconds=1))
            counted = await self._store.fetch(
                statement("logs.sql", "count", condition=condition), condition.parameters
            )
            if (missed := counted[0]["records"] - len(new)) > 0:
                parts.append(Dropped(missed))
        if rows:
            follower.mark = max(follower.mark, rows[0]["received_at"])
            follower.had |= {row["tie"]: row["received_at"] for row in new}
            edge = follower.mark - OVERLAP
            follower.had = {tie: at for tie, at in follower.had.items() if at >= edge}
        if new:
            parts.append(Arrived([read_log(row, Log) for row in new]))
        return parts or [Quiet()]


def _condition(follower: _Follower, since: datetime) -> Condition:
    condition = Condition(LOGS).received_since(since)
    return condition.seen_by(follower.scope).matching(follower.expression)
