"""psycopg's cursors, observed: a subclass of whatever class a connection makes its cursors of."""

import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row
from psycopg.sql import Composable

from eduscope.database import plan

PROBE = "_eduscope"
"""Under this name a connection carries what observes it."""


@cache
def observed_cursor(base: Any) -> Any:
    """The observed subclass of a class of cursors; the class itself where it is one already."""
    if not isinstance(base, type) or issubclass(base, (_Observed, _AsyncObserved)):
        return base
    mixin = _AsyncObserved if issubclass(base, psycopg.AsyncCursor) else _Observed
    return type(base.__name__, (mixin, base), {"_plain": base, "__module__": base.__module__})


def text_of(query: Any, connection: Any) -> str:
    """The text of whatever psycopg takes for a query."""
    if isinstance(query, str):
        return query
    if isinstance(query, bytes):
        return query.decode("utf-8", "replace")
    if isinstance(query, Composable):
        return query.as_string(connection)
    return "?".join(getattr(query, "strings", ()))  # a template string of Python 3.14


class _Observed:
    """A cursor whose calls are timed."""

    _conn: Any
    _plain: Any

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """As psycopg's own."""
        probe = getattr(self._conn, PROBE, None)
        started_ns = time.perf_counter_ns()
        try:
            result = super().execute(query, params, **options)  # type: ignore[misc]
        except BaseException as error:
            if probe is not None:
                probe.failed(self, query, time.perf_counter_ns() - started_ns, error, params)
            raise
        if probe is not None:
            duration_ns = time.perf_counter_ns() - started_ns
            asked = probe.explaining(self, query, duration_ns)
            taken = self._explain(asked, params) if asked else ""
            probe.succeeded(self, query, duration_ns, taken)
        return result

    def executemany(self, query: Any, params_seq: Iterable[Any], **options: Any) -> None:
        """As psycopg's own."""
        with self._timed(query):
            super().executemany(query, params_seq, **options)  # type: ignore[misc]

    def stream(self, query: Any, *args: Any, **options: Any) -> Iterator[Any]:
        """As psycopg's own; timed to the last row."""
        with self._timed(query):
            yield from super().stream(query, *args, **options)  # type: ignore[misc]

    @contextmanager
    def copy(self, statement: Any, *args: Any, **options: Any) -> Iterator[Any]:
        """As psycopg's own; timed to the last row."""
        with self._timed(statement), super().copy(statement, *args, **options) as copy:  # type: ignore[misc]
            yield copy

    @contextmanager
    def _timed(self, query: Any) -> Iterator[None]:
        probe = getattr(self._conn, PROBE, None)
        started_ns = time.perf_counter_ns()
        try:
            yield
        except BaseException as error:
            # GeneratorExit: the host has read as much as it wanted.
            if probe is not None and not isinstance(error, GeneratorExit):
                probe.failed(self, query, time.perf_counter_ns() - started_ns, error, None)
            raise
        if probe is not None:
            probe.succeeded(self, query, time.perf_counter_ns() - started_ns)

    def _explain(self, asked: str, params: Any) -> str:
        """The plan, asked in a savepoint: a refusal must not end the host's transaction."""
        if not _may_explain(self):
            return ""
        cursor = self._plain(self._conn, row_factory=tuple_row)
        return plan.taken(cursor, asked, params, "postgresql", guarded=_in_transaction(self._conn))


class _AsyncObserved:
    """An asynchronous cursor whose calls are timed."""

    _conn: Any
    _plain: Any

    async def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """As psycopg's own."""
        probe = getattr(self._conn, PROBE, None)
        started_ns = time.perf_counter_ns()
        try:
            result = await super().execute(query, params, **options)  # type: ignore[misc]
        except BaseException as error:
            if probe is not None:
                probe.failed(self, query, time.perf_counter_ns() - started_ns, error, params)
            raise
        if probe is not None:
            duration_ns = time.perf_counter_ns() - started_ns
            asked = probe.explaining(self, query, duration_ns)
            taken = await self._explain(asked, params) if asked else ""
            probe.succeeded(self, query, duration_ns, taken)
        return result

    async def executemany(self, query: Any, params_seq: Iterable[Any], **options: Any) -> None:
        """As psycopg's own."""
        async with self._timed(query):
            await super().executemany(query, params_seq, **options)  # type: ignore[misc]

    async def stream(self, query: Any, *args: Any, **options: Any) -> AsyncIterator[Any]:
        """As psycopg's own; timed to the last row."""
        async with self._timed(query):
            async for row in super().stream(query, *args, **options):  # type: ignore[misc]
                yield row

    @asynccontextmanager
    async def copy(self, statement: Any, *args: Any, **options: Any) -> AsyncIterator[Any]:
        """As psycopg's own; timed to the last row."""
        async with self._timed(statement), super().copy(statement, *args, **options) as copy:  # type: ignore[misc]
            yield copy

    @asynccontextmanager
    async def _timed(self, query: Any) -> AsyncIterator[None]:
        with _Observed._timed(self, query):  # type: ignore[arg-type]  # it waits for nothing
            yield

    async def _explain(self, asked: str, params: Any) -> str:
        """The plan, asked in a savepoint: a refusal must not end the host's transaction."""
        if not _may_explain(self):
            return ""
        cursor = self._plain(self._conn, row_factory=tuple_row)
        guarded = _in_transaction(self._conn)
        try:
            if guarded:
                await cursor.execute("SAVEPOINT eduscope_plan")
            await cursor.execute(asked, params)
            lines = plan.outline(await cursor.fetchall(), "postgresql")
            if guarded:
                await cursor.execute("RELEASE SAVEPOINT eduscope_plan")
        except Exception:  # noqa: BLE001 - a plan is a favour
            if guarded:
                await cursor.execute("ROLLBACK TO SAVEPOINT eduscope_plan")
            return ""
        finally:
            await cursor.close()
        return lines


def _may_explain(cursor: Any) -> bool:
    """Not for cursors with a name, which live in the server, nor inside a pipeline, where nothing may wait."""
    return not hasattr(cursor, "scrollable") and cursor._conn._pipeline is None


def _in_transaction(connection: Any) -> bool:
    return bool(connection.pgconn.transaction_status == TransactionStatus.INTRANS)
