"""Counts what was done to the records of each minute: tokens of undeclared texts, markers, odd ids.

The records themselves say it, so nothing is counted while they come in, and nothing is lost in a crash: a minute is
counted from what is stored, once it is over, and a minute counted twice replaces itself.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from string import Template

from eduscope.privacy.detectors import modules
from eduscope_server.recurring import Recurring
from eduscope_server.store import Store, StoreError
from eduscope_server.store.sql import queries

_QUERIES = queries("eduscope_server.privacy", "findings.sql")

MINUTE = timedelta(minutes=1)
SETTLED = timedelta(seconds=10)
"""How long after its end a minute is counted: by then every insert that bears its time is stored."""
AT_ONCE = timedelta(hours=1)
"""What one statement counts: a platform that was down for a day catches up in 24 steps."""
LOOKING_BACK = timedelta(days=1)
"""What was received before, while nobody counted, is left out."""

KINDS = sorted(
    {detector.type for module in modules() for detector in (*module.MESSAGE, *module.PROSE)}
    | {"PERSON", "USERNAME", "STUDENT_ID"}
)
"""What a marker can say; the last three come from rosters, too."""

TABLES = {"logs": "log_texts", "spans": "span_texts"}


class Findings:
    """Keeps the table of findings up to the last minute but one."""

    def __init__(self, store: Store, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store = store
        self._now = now
        self._counting = Recurring(
            self.count, name="count findings", pause_seconds=MINUTE.total_seconds() / 4, away=(StoreError,)
        )

    def start(self) -> None:
        """Counts from now on, in the background."""
        self._counting.start(at_once=True)

    async def stop(self) -> None:
        """Counts no more."""
        await self._counting.stop()

    async def count(self) -> int:
        """Counts every minute that is over and was not counted yet; gives their number. Raises `StoreError`."""
        (last,) = await self._store.fetch(_QUERIES["last_minute"])
        end = _whole_minute(self._now() - SETTLED)
        first: datetime = max(last["minute"] + MINUTE, end - LOOKING_BACK)
        start = first
        while start < end:
            stop = min(start + AT_ONCE, end)
            await asyncio.to_thread(self._count_minutes, start, stop)
            start = stop
        return max(0, (end - first) // MINUTE)

    def _count_minutes(self, start: datetime, stop: datetime) -> None:
        for table, texts in TABLES.items():
            sql = Template(_QUERIES["count_minutes"]).substitute(table=table, texts=_QUERIES[texts])
            self._store.command(sql, {"from": start, "to": stop, "signal": table, "kinds": KINDS})
        self._store.command(_QUERIES["mark_minute"], {"minute": stop - MINUTE})


def _whole_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
