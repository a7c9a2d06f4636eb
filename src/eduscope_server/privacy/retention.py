"""Records of children under 13 are kept for days, not for as long as others (COPPA, 16 CFR 312.10).

Their partitions are dropped whole once every tenant's days are over; before that, rows of tenants with fewer days are
deleted, and their parts rewritten. A day is a whole UTC day: what is kept for n days is gone before n + 2 are over.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from eduscope_server.privacy.deletion import Deletion
from eduscope_server.privacy.subjects import PERSON_TABLES, tenant_literal
from eduscope_server.recurring import Recurring
from eduscope_server.state import State, StateUnavailable, load_queries
from eduscope_server.store import Store, StoreError

_log = logging.getLogger(__name__)
_QUERIES = load_queries("eduscope_server.privacy", "retention.sql")

UNDER_13_DAYS = 30
"""Where a tenant says nothing: a month of support questions, and no year's archive of a child."""

DAYS_MAX = 3650
ROUND_SECONDS = 3600.0
_CHILDREN = "retention = 'under13'"


class Under13Retention:
    """For how long each tenant keeps records of children, and their end."""

    def __init__(self, state: State, store: Store) -> None:
        self._state = state
        self._store = store
        self._deletion = Deletion(store)
        self._working = Recurring(
            self.work,
            name="end records of children",
            pause_seconds=ROUND_SECONDS,
            away=(StoreError, StateUnavailable),
        )

    async def start(self) -> None:
        """Ends what is over, now and each hour, until `stop`."""
        self._working.start(at_once=True)

    async def stop(self) -> None:
        """Ends nothing more."""
        await self._working.stop()
        await asyncio.to_thread(self._deletion.close)

    async def days(self) -> dict[str, int]:
        """The days of the tenants that have said so; all others have `UNDER_13_DAYS`."""
        rows = await self._state.fetch(_QUERIES["days_of_tenants"])
        return {row["tenant_id"]: row["under_13_days"] for row in rows}

    async def set_days(self, tenant_id: str, days: int, *, reason: str, by: str) -> None:
        """Sets a tenant's days, on record; they hold from the next round on."""
        async with self._state.transaction() as connection:
            await connection.execute(_QUERIES["set_days"], {"tenant_id": tenant_id, "days": days})
            await connection.execute(
                _QUERIES["note_audit"],
                {
                    "who": by,
                    "did": "set the days of records of children",
                    "what": f"{days} days",
                    "tenant_id": tenant_id,
                    "purpose": reason,
                },
            )

    async def work(self, today: date | None = None) -> int:
        """Ends what is over; how many rows. Raises `StoreError` or `StateUnavailable`; it is tried again then."""
        today = today or datetime.now(UTC).date()
        own = await self.days()
        ended = 0
        for table in PERSON_TABLES:
            ended += await self._drop(
                table.name, today - timedelta(days=max(UNDER_13_DAYS, *own.values(), 0))
            )
            for condition in _over(own, today):
                ended += await self._delete(table.name, condition)
        if ended:
            _log.info("ended %d records of children", ended)
        return ended

    async def _drop(self, table: str, kept_from: date) -> int:
        """Drops the partitions of days before `kept_from`."""
        rows = await self._store.fetch(
            f"SELECT _partition_id AS id, count() AS n FROM eduscope.{table} "  # noqa: S608 - our own names
            f"WHERE {_CHILDREN} GROUP BY id HAVING max(toDate(received_at)) < {{day:Date}}",
            {"day": kept_from},
        )
        for row in rows:
            drop = f"ALTER TABLE eduscope.{table} DROP PARTITION ID '{row['id']}'"
            await asyncio.to_thread(self._store.command, drop)
        return sum(row["n"] for row in rows)

    async def _delete(self, table: str, condition: str) -> int:
        rows = await self._deletion.count(table, condition)
        if rows:
            await self._deletion.hide(table, condition)
            await self._deletion.remove(table)
        return rows


def _over(own: Mapping[str, int], today: date) -> list[str]:
    """Conditions for the rows that are over: of each tenant with days of its own, and of all others."""
    conditions = [
        f"{_CHILDREN} AND tenant_id = {tenant_literal(tenant_id)} AND {_before(today, days)}"
        for tenant_id, days in own.items()
    ]
    others = f" AND tenant_id NOT IN ({', '.join(map(tenant_literal, own))})" if own else ""
    return [*conditions, f"{_CHILDREN}{others} AND {_before(today, UNDER_13_DAYS)}"]


def _before(today: date, days: int) -> str:
    return f"toDate(received_at) < toDate('{today - timedelta(days=days)}')"
