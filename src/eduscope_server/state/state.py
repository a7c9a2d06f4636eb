"""The platform's PostgreSQL: opened, migrated, asked by name, closed."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests

from eduscope_server.state.embedded import EmbeddedPostgres
from eduscope_server.state.errors import StateUnavailable, UnfitText
from eduscope_server.state.migrations import migrate, read_migrations

_log = logging.getLogger(__name__)

_CONNECTIONS = 8
# A search that waits for its session longer than this is better told to come back.
_WAIT_SECONDS = 3.0
# Whatever the platform asks of PostgreSQL takes milliseconds.
_ANSWER_SECONDS = 5.0
# Short, so that the pool never sleeps long between two tries while the server is away.
_RECONNECT_SECONDS = 2.0
_WAITING_REQUESTS = 256

# A partitioned network is noticed within seconds, not after TCP's minutes.
_CONNECTION: dict[str, Any] = {
    "row_factory": dict_row,
    "application_name": "eduscope",
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
}

T = TypeVar("T")
Parameters = Mapping[str, object] | Sequence[object] | None


class State:
    """PostgreSQL, embedded under a folder or at an address. Any call may raise `StateUnavailable`."""

    def __init__(
        self, pool: "AsyncConnectionPool[psycopg.AsyncConnection[DictRow]]", embedded: EmbeddedPostgres | None
    ) -> None:
        self._pool = pool
        self._embedded = embedded

    @classmethod
    async def open(cls, address: str, folder: Path) -> Self:
        """Open the server at `address`, or the one under `folder` if the address is empty, and migrate it.

        Raises `StateUnavailable` if it does not answer, `StateBroken` if only a person can mend it.
        """
        embedded = None if address else await EmbeddedPostgres.start(folder)
        try:
            await _migrate(embedded.address if embedded else address)
            pool = _pool(embedded.address if embedded else address)
            await pool.open()
        except BaseException:
            if embedded:
                await embedded.stop()
            raise
        return cls(pool, embedded)

    @property
    def process_id(self) -> int | None:
        """The process id of the embedded server; None if it is down or not embedded."""
        return self._embedded.process_id if self._embedded else None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[psycopg.AsyncConnection[DictRow]]:
        """A connection in a transaction, committed at the end, rolled back by an exception."""
        try:
            async with self._pool.connection() as connection, connection.transaction():
                yield connection
        except psycopg.DataError as error:
            if error.sqlstate is None:  # refused on this side: no server has seen it
                raise UnfitText("a text holds the character NUL, which cannot be kept") from None
            raise
        except (psycopg.OperationalError, PoolTimeout, TooManyRequests) as error:
            # The class alone: the text of an error may quote values.
            raise StateUnavailable(
                f"PostgreSQL does not answer ({type(error).__name__}); retry shortly"
            ) from error

    async def fetch(self, sql: str, parameters: Parameters = None) -> list[dict[str, Any]]:
        """The rows of a query, or of a change with RETURNING."""
        return await _in_time(self._fetch(sql, parameters))

    async def fetch_one(self, sql: str, parameters: Parameters = None) -> dict[str, Any] | None:
        """The first row, or None."""
        rows = await self.fetch(sql, parameters)
        return rows[0] if rows else None

    async def execute(self, sql: str, parameters: Parameters = None) -> int:
        """Run a change and return how many rows it touched."""
        return await _in_time(self._execute(sql, parameters))

    async def is_ready(self) -> bool:
        """Whether PostgreSQL answers now."""
        try:
            await self.fetch_one("SELECT 1")
        except StateUnavailable:
            return False
        return True

    async def _fetch(self, sql: str, parameters: Parameters) -> list[dict[str, Any]]:
        async with self.transaction() as connection:
            return await (await connection.execute(sql, parameters)).fetchall()

    async def _execute(self, sql: str, parameters: Parameters) -> int:
        async with self.transaction() as connection:
            return (await connection.execute(sql, parameters)).rowcount

    async def close(self) -> None:
        """Close every connection, then stop the embedded server in order."""
        await self._pool.close()
        if self._embedded:
            await self._embedded.stop()


async def _in_time(work: Coroutine[Any, Any, T]) -> T:
    """The result of small work; `StateUnavailable` when the server hangs.

    The work is left alone, not cancelled: psycopg would then ask the same server to cancel the query, and wait.
    What is left holds one of few connections, so that a server that hangs is bounded, too.
    """
    task = asyncio.create_task(work)
    done, _ = await asyncio.wait({task}, timeout=_ANSWER_SECONDS)
    if not done:
        task.add_done_callback(_ignore)
        raise StateUnavailable(f"PostgreSQL did not answer within {_ANSWER_SECONDS:.0f} s; retry shortly")
    return task.result()


def _ignore(task: "asyncio.Task[Any]") -> None:
    if not task.cancelled():
        task.exception()  # else asyncio says that nobody looked at it


def _pool(address: str) -> "AsyncConnectionPool[psycopg.AsyncConnection[DictRow]]":
    return AsyncConnectionPool(
        address,
        connection_class=psycopg.AsyncConnection[DictRow],
        kwargs=_CONNECTION,
        min_size=0,
        max_size=_CONNECTIONS,
        max_waiting=_WAITING_REQUESTS,
        timeout=_WAIT_SECONDS,
        reconnect_timeout=_RECONNECT_SECONDS,
        check=AsyncConnectionPool.check_connection,
        open=False,
        name="eduscope",
    )


async def _migrate(address: str) -> None:
    try:
        async with await psycopg.AsyncConnection.connect(address, connect_timeout=5) as connection:
            numbers = await migrate(connection, read_migrations())
    except psycopg.OperationalError as error:
        raise StateUnavailable(
            "PostgreSQL does not answer; is EDUSCOPE_POSTGRES right, and the server up?"
        ) from error
    if numbers:
        _log.info("applied the PostgreSQL migrations %s", numbers)
