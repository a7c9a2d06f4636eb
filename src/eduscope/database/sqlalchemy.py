"""SQLAlchemy, observed: every query timed and a span, slow and failed ones a line, and the pool and the transactions.

>>> engine = create_async_engine(address)
>>> eduscope.database.sqlalchemy.instrument(engine)
"""

import time
import weakref
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine

from eduscope.counters import counters
from eduscope.database import plan, transaction
from eduscope.database.observation import Observation
from eduscope.database.sqlalchemy_pool import forget_pool, observe_pool

AnyEngine = TypeVar("AnyEngine", Engine, AsyncEngine)

SYSTEMS = {"mssql": "microsoft.sql_server", "oracle": "oracle.db"}
"""OpenTelemetry's names where they are not SQLAlchemy's own."""

_STARTED = "_eduscope_started_ns"
_TRANSACTION = "_eduscope_transaction"
_observed: "weakref.WeakKeyDictionary[Engine, _Queries]" = weakref.WeakKeyDictionary()


def instrument(engine: AnyEngine, *, slow_query_ms: float | None = None, pool_name: str = "") -> AnyEngine:
    """The same engine, observed from now on. Twice does no more than once.

    Recorded are the statement without its literals, the milliseconds until the database answered, and how
    many rows it named; parameters never: the engine's `hide_parameters` is turned on, which keeps them out of the
    exceptions and `echo` lines of SQLAlchemy itself. `slow_query_ms` overrides the configuration's; `pool_name` is the
    pool's name in metrics, where two pools of one database are to be told apart.
    """
    target = engine.sync_engine if isinstance(engine, AsyncEngine) else engine
    if target not in _observed:
        _observed[target] = _Queries(target, slow_query_ms, pool_name)
    return engine


def uninstrument(engine: AnyEngine) -> AnyEngine:
    """The same engine, no longer observed."""
    target = engine.sync_engine if isinstance(engine, AsyncEngine) else engine
    queries = _observed.pop(target, None)
    if queries is not None:
        queries.leave(target)
    return engine


class _Queries:
    """Observes the queries of one engine."""

    def __init__(self, engine: Engine, slow_query_ms: float | None, pool_name: str) -> None:
        name = engine.dialect.name
        system = SYSTEMS.get(name, name)
        # SQLite's name for its database is a path, with the name of someone's home in it.
        namespace = "" if name == "sqlite" else engine.url.database or ""
        self._observation = Observation(system, namespace, slow_query_ms=slow_query_ms)
        self._explains = name in plan.PREFIXES
        self._parameters_hidden = engine.hide_parameters
        engine.hide_parameters = True
        self._listeners: list[tuple[str, Any]] = [
            ("after_cursor_execute", self._after),
            ("handle_error", self._failed),
            ("begin", self._begin),
            ("commit", self._commit),
            ("rollback", self._rollback),
        ]
        # `retval` spares the wrapper around a listener that changes nothing.
        event.listen(engine, "before_cursor_execute", self._before, retval=True)
        for source, listener in self._listeners:
            event.listen(engine, source, listener)
        self._listeners.append(("before_cursor_execute", self._before))
        self._listeners += observe_pool(engine, system, pool_name or _pool_name(engine, system))

    def leave(self, engine: Engine) -> None:
        """Listens no more."""
        for source, listener in self._listeners:
            if event.contains(engine, source, listener):
                event.remove(engine, source, listener)
        forget_pool(engine)
        engine.hide_parameters = self._parameters_hidden

    def _before(
        self, _conn: Connection, _cursor: Any, statement: str, parameters: Any, context: Any, _many: bool
    ) -> tuple[str, Any]:
        # Kept with the execution, not the connection: a cancelled one must not be taken for the next one's.
        context._eduscope_started_ns = time.perf_counter_ns()
        return statement, parameters

    def _after(  # noqa: PLR0913, PLR0917 - SQLAlchemy's own
        self, conn: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        ended_ns = time.perf_counter_ns()
        try:
            duration_ns = ended_ns - context._eduscope_started_ns
            del context._eduscope_started_ns
            rows = cursor.rowcount
            held = conn.__dict__.get(_TRANSACTION)
            if held is not None:
                held.queries += 1
                held.last = statement
            taken = ""
            if self._explains and not many and self._observation.takes_plan(statement, duration_ns):
                taken = self._plan(conn, statement, parameters)
            self._observation.succeeded(statement, duration_ns, rows if rows >= 0 else None, taken)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("sqlalchemy")

    def _failed(self, failure: ExceptionContext) -> None:
        ended_ns = time.perf_counter_ns()
        try:
            context: Any = failure.execution_context
            started_ns = getattr(context, _STARTED, None)
            if started_ns is None:
                return  # it had succeeded already, or never began
            delattr(context, _STARTED)
            self._observation.failed(
                failure.statement or "",
                ended_ns - started_ns,
                failure.original_exception,
                failure.parameters,
                many=bool(context.executemany),
            )
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("sqlalchemy")

    def _begin(self, conn: Connection) -> None:
        try:
            if not conn._is_autocommit_isolation():
                conn.__dict__[_TRANSACTION] = transaction.begin(self._observation, conn)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("sqlalchemy")

    def _commit(self, conn: Connection) -> None:
        self._end(conn, "committed")

    def _rollback(self, conn: Connection) -> None:
        self._end(conn, "rolled_back")

    def _end(self, conn: Connection, outcome: str) -> None:
        held = conn.__dict__.pop(_TRANSACTION, None)
        if held is not None:
            held.end(outcome)

    def _plan(self, conn: Connection, statement: str, parameters: Any) -> str:
        """The plan of a query that just ran, asked on its own connection, which holds the locks it needs already."""
        system = self._observation.system
        asked = plan.explaining(statement, system)
        if not asked:
            return ""
        guarded = system == "postgresql" and conn.__dict__.get(_TRANSACTION) is not None
        return plan.taken(conn.connection.cursor(), asked, parameters, system, guarded=guarded)


def _pool_name(engine: Engine, system: str) -> str:
    database = "" if system == "sqlite" else engine.url.database or ""
    return engine.pool.logging_name or (f"{system}/{database}" if database else system)
