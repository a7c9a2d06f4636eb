"""Exam sessions in PostgreSQL, by psycopg 3 and the queries beside this file."""

from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

import eduscope
from edulearn.database.named import named_queries
from edulearn.services.caller import Caller
from edulearn.services.proctoring.shapes import Decision, EventKind, State

SQL = named_queries(Path(__file__).parent / "queries.sql")
SESSIONS_SHOWN = 50
# A page that reports without end fills a session, not the table.
MOST_EVENTS = 500
POOL_SIZE = 4
POOL_WAIT_SECONDS = 10.0

Row = dict[str, Any]
Pool = AsyncConnectionPool[AsyncConnection[DictRow]]


def open_pool(address: str) -> Pool:
    """A pool that is not open yet and connects when it is first asked; its connections give rows as dictionaries."""
    pool: Pool = AsyncConnectionPool(
        address,
        kwargs={"row_factory": dict_row},
        min_size=0,
        max_size=POOL_SIZE,
        timeout=POOL_WAIT_SECONDS,
        open=False,
        name="proctoring",
    )
    return eduscope.database.psycopg.instrument(pool)


class Records:
    """What is kept about exams. Each method is one transaction."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def exams(self, caller: Caller) -> list[Row]:
        """The exams of the caller's tenant, with their own newest session of each."""
        return await self._rows("exams", tenant_id=caller.tenant_id, person_id=caller.person_id)

    async def has_agreed(self, caller: Caller) -> bool:
        """Whether the caller, or their guardian, agreed to proctoring."""
        return bool(await self._rows("has_agreed", person_id=caller.person_id))

    async def start(self, caller: Caller, exam_id: str, correlation_id: str) -> UUID | None:
        """Begins a session, or gives the caller's running one; None where there is no such exam."""
        found = await self._rows(
            "start",
            exam_id=exam_id,
            tenant_id=caller.tenant_id,
            person_id=caller.person_id,
            correlation_id=correlation_id,
        )
        return found[0]["session_id"] if found else None

    async def session(self, tenant_id: str, session_id: UUID) -> Row | None:
        """A session of the tenant."""
        found = await self._rows("session", session_id=session_id, tenant_id=tenant_id)
        return found[0] if found else None

    async def sessions(self, tenant_id: str) -> list[Row]:
        """The newest sessions of the tenant, those that wait for a decision first."""
        return await self._rows("sessions", tenant_id=tenant_id, limit=SESSIONS_SHOWN)

    async def events(self, session_id: UUID) -> list[Row]:
        """What was noticed in a session."""
        return await self._rows("events", session_id=session_id, limit=MOST_EVENTS)

    async def decisions(self, session_id: UUID) -> list[Row]:
        """What was decided about a session."""
        return await self._rows("decisions", session_id=session_id)

    async def notice(self, caller: Caller, session_id: UUID, kind: EventKind) -> bool:
        """Adds an event; False where the caller has no such running session, or it is full."""
        return bool(
            await self._rows(
                "notice", session_id=session_id, person_id=caller.person_id, kind=kind, most=MOST_EVENTS
            )
        )

    async def decide(self, caller: Caller, session_id: UUID, decision: Decision, reason: str) -> bool:
        """Adds a decision and, where it is to terminate, ends the session; False where there is none."""
        async with self._pool.connection() as connection:
            decided = await connection.execute(
                SQL["decide"],
                {
                    "session_id": session_id,
                    "tenant_id": caller.tenant_id,
                    "proctor_id": caller.person_id,
                    "decision": decision,
                    "reason": reason,
                },
            )
            if await decided.fetchone() is None:
                return False
            if decision == "terminated":
                await connection.execute(
                    SQL["end"], _ending(caller.tenant_id, session_id, "terminated", None)
                )
        return True

    async def hand_in(self, tenant_id: str, session_id: UUID, submission_id: UUID) -> bool:
        """Ends a running session with its submission; False where it does not run any more."""
        return bool(await self._rows("end", **_ending(tenant_id, session_id, "handed_in", submission_id)))

    async def end_overdue(self) -> int:
        """Ends the sessions whose time is long over; how many."""
        return len(await self._rows("overdue"))

    async def _rows(self, name: str, **values: object) -> list[Row]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(SQL[name], values)).fetchall()


def _ending(tenant_id: str, session_id: UUID, state: State, submission_id: UUID | None) -> dict[str, object]:
    return {"session_id": session_id, "tenant_id": tenant_id, "state": state, "submission_id": submission_id}
