"""Rows out of the store: hidden at once, and gone from the disk when the engine next merges, or when it is told to.

A lightweight delete writes one column, `_row_exists`, that every query is filtered by. The parts are rewritten without
the rows by the next merge, or by `remove`.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from eduscope_server.store import Store, StoreUnavailable

_POLL_SECONDS = 0.01
_POLL_SECONDS_MAX = 0.5
_POLL_GROWTH = 1.2
"""A look costs a millisecond; with this growth it comes late by a fifth of the time waited, at most."""

_WAIT_SECONDS = 3600.0
"""Longer than any table takes that one machine holds. After it the job is tried again later."""

_UNDONE = """SELECT countIf(NOT is_done) AS undone, countIf(NOT is_done AND latest_fail_reason != '') AS failing
FROM system.mutations WHERE database = 'eduscope' AND table = {table:String}"""
_MASKED = """SELECT DISTINCT partition_id FROM system.parts
WHERE database = 'eduscope' AND table = {table:String} AND active AND has_lightweight_delete"""


class Deletion:
    """Deletes rows, in threads of its own: a search must not wait for it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(2, thread_name_prefix="deletion")

    async def count(self, table: str, condition: str) -> int:
        """How many rows a condition finds."""
        rows = await self._run(
            partial(self._store.select, f"SELECT count() AS n FROM eduscope.{table} WHERE {condition}")  # noqa: S608 - checked where it is made
        )
        return int(rows[0]["n"])

    async def narrowest(self, table: str, narrow: str, wide: str) -> tuple[int, str]:
        """How many rows `wide` finds, and `narrow` in its place where that finds as many.

        A deletion computes its condition over whole parts: by one column it takes a third of what it takes by texts
        and maps (0.15 s to 0.4 s for a million rows), and nearly always it is enough.
        """
        count = f"SELECT count() AS n, countIf({narrow}) AS narrow FROM eduscope.{table} WHERE {wide}"  # noqa: S608 - as above
        (row,) = await self._run(partial(self._store.select, count))
        return int(row["n"]), narrow if row["n"] == row["narrow"] else wide

    async def hide(self, table: str, condition: str) -> None:
        """Rows that no query finds any more when this returns. Doing it twice changes nothing."""
        await self._change(
            table,
            f"DELETE FROM eduscope.{table} WHERE {condition} SETTINGS lightweight_deletes_sync = 0",  # noqa: S608 - as above
        )

    async def remove(self, table: str) -> None:
        """Rewrites the partitions that have hidden rows; afterwards no part holds one."""
        for partition_id in await self.masked(table):
            await self._change(
                table,
                f"ALTER TABLE eduscope.{table} APPLY DELETED MASK IN PARTITION ID '{partition_id}' "
                "SETTINGS mutations_sync = 0",
            )

    async def masked(self, table: str) -> list[str]:
        """The partitions with rows that are hidden and still on the disk."""
        rows = await self._run(partial(self._store.select, _MASKED, {"table": table}))
        return [str(row["partition_id"]) for row in rows]

    def close(self) -> None:
        """Lets the statement that runs end."""
        self._thread.shutdown()

    async def _change(self, table: str, sql: str) -> None:
        """Runs a mutation and waits for it. Not in one call: a server's client would give up after its timeout."""
        await self._run(partial(self._store.command, sql))
        deadline = time.monotonic() + _WAIT_SECONDS
        pause = _POLL_SECONDS
        while True:
            (row,) = await self._run(partial(self._store.select, _UNDONE, {"table": table}))
            if not row["undone"]:
                return
            if row["failing"] or time.monotonic() > deadline:
                raise StoreUnavailable(f"the store could not yet delete rows of {table}; it is tried again")
            await asyncio.sleep(pause)
            pause = min(pause * _POLL_GROWTH, _POLL_SECONDS_MAX)

    async def _run(self, work: "partial[Any]") -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
