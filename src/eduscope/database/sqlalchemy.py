"""SQLAlchemy: a span for every query, a warning for every slow one.

>>> engine = create_async_engine(address)
>>> eduscope.database.sqlalchemy.instrument(engine)
"""

import time
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine

from eduscope import logging, tracing
from eduscope.counters import counters
from eduscope.database.statement import normalised, operation
from eduscope.lifecycle import running_config
from eduscope.stack import type_name

AnyEngine = TypeVar("AnyEngine", Engine, AsyncEngine)

SYSTEMS = {"sqlite": "sqlite", "mysql": "mysql", "mssql": "microsoft.sql_server", "oracle": "oracle.db"}
"""OpenTelemetry's names where they are not SQLAlchemy's own."""

SLOW_DEFAULT_MS = 500.0
_STARTED = "_eduscope_query"
_observed: "weakref.WeakKeyDictionary[Engine, _Queries]" = weakref.WeakKeyDictionary()
_log = logging.get_logger("eduscope.database")


def instrument(engine: AnyEngine, *, slow_query_ms: float | None = None) -> AnyEngine:
    """The same engine, observed from now on. Twice does no more than once.

    Recorded are the statement without its literals, the milliseconds until the database answered, and how
    many rows it named; parameters never. `slow_query_ms` overrides the configuration's.
    """
    target = engine.sync_engine if isinstance(engine, AsyncEngine) else engine
    if target not in _observed:
        queries = _Queries(target, slow_query_ms)
        _observed[target] = queries
        event.listen(target, "before_cursor_execute", queries.before)
        event.listen(target, "after_cursor_execute", queries.after)
        event.listen(target, "handle_error", queries.failed)
    return engine


def _spared(observe: Callable[..., None]) -> Callable[..., None]:
    """A fault of the observer is counted; the query goes on."""

    def spared(*args: Any) -> None:
        try:
            observe(*args)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("sqlalchemy")

    return spared


class _Queries:
    """Observes the queries of one engine."""

    def __init__(self, engine: Engine, slow_query_ms: float | None) -> None:
        name = engine.dialect.name
        self._system = SYSTEMS.get(name, name)
        self._database = engine.url.database if name != "sqlite" else None
        self._slow_query_ms = slow_query_ms
        self.before = _spared(self._before)
        self.after = _spared(self._after)
        self.failed = _spared(self._failed)

    def _before(
        self, _conn: Connection, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        spans = tracing.active()
        word = operation(statement)
        span = None
        if spans is not None:
            span = spans.client_span(
                word or self._system,
                {
                    "db.system.name": self._system,
                    "db.operation.name": word,
                    "db.query.text": normalised(statement),
                    **({"db.namespace": self._database} if self._database else {}),
                },
            )
        # Kept with the execution, not the connection: a cancelled one must not be taken for the next one's.
        setattr(context, _STARTED, (time.perf_counter_ns(), span))

    def _after(
        self, _conn: Connection, cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        started_ns, span = getattr(context, _STARTED)
        duration_ms = (time.perf_counter_ns() - started_ns) / 1e6
        rows = getattr(cursor, "rowcount", -1)
        rows = rows if isinstance(rows, int) and rows >= 0 else None
        if span is not None:
            if rows is not None:
                span.set_attribute("db.response.returned_rows", rows)
            span.end()
        if duration_ms > self._slow_ms():
            self._warn(statement, duration_ms, rows, span)

    def _failed(self, failure: ExceptionContext) -> None:
        _, span = getattr(failure.execution_context, _STARTED, (0, None))
        if span is not None:
            # The driver's words repeat the parameters (`Key (email)=(…) already exists`): the type alone is
            # kept.
            span.set_attribute("error.type", type_name(failure.original_exception))
            tracing.mark_failed(span)
            span.end()

    def _slow_ms(self) -> float:
        if self._slow_query_ms is not None:
            return self._slow_query_ms
        config = running_config()
        return SLOW_DEFAULT_MS if config is None else config.slow_query_ms

    def _warn(self, statement: str, duration_ms: float, rows: int | None, span: Any) -> None:
        _log.warning(
            "slow query",
            duration_ms=duration_ms,
            **{
                "db.system.name": self._system,
                "db.operation.name": operation(statement),
                "db.query.text": normalised(statement),
                "db.response.returned_rows": rows,
            },
        )
