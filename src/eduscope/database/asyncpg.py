"""asyncpg, observed: connections and pools.

>>> pool = eduscope.database.asyncpg.instrument(await asyncpg.create_pool(address))

asyncpg's objects take no attributes and have no hooks that know the caller, so its classes are wrapped once, and the
wrappers look up whether theirs is an observed object.
"""

import asyncio
import time
import weakref
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar

from asyncpg import Connection, Pool
from asyncpg.prepared_stmt import PreparedStatement

from eduscope.counters import counters
from eduscope.database import plan
from eduscope.database.observation import Observation
from eduscope.database.pool import PoolNumbers, PoolObservation
from eduscope.database.transaction import ConnectionTransaction

Target = TypeVar("Target")

SYSTEM = "postgresql"


def instrument(target: Target, *, slow_query_ms: float | None = None, pool_name: str = "") -> Target:
    """The same connection or pool, observed from now on. Twice does no more than once.

    Parameters are never recorded. `slow_query_ms` overrides the configuration's; `pool_name` is the pool's name in
    metrics.
    """
    _wrap_classes()
    if isinstance(target, Connection):
        if target not in _connections:
            observation = Observation(SYSTEM, target._params.database or "", slow_query_ms=slow_query_ms)
            _connections[target] = Probe(observation)
    elif isinstance(target, Pool) and id(target) not in _pools:
        for number, known in list(_pools.items()):
            if known.pool._closed:
                del _pools[number]
        _pools[id(target)] = PoolProbe(target, slow_query_ms, pool_name)
    return target


def uninstrument(target: Target) -> Target:
    """The same connection or pool, no longer observed; connections that are out of a pool are until they are back."""
    if isinstance(target, Connection):
        _connections.pop(target, None)
    else:
        _pools.pop(id(target), None)
    return target


class Probe:
    """Observes one connection."""

    def __init__(self, observation: Observation) -> None:
        self._observation = observation
        self._transaction = ConnectionTransaction()
        self.pool: PoolProbe | None = None
        self.out_since = 0.0

    def succeeded(self, connection: Any, query: str, duration_ns: int, rows: int | None, taken: str) -> None:
        """A call is over."""
        self._saw(connection, query)
        self._observation.succeeded(query, duration_ns, rows, taken)

    def failed(  # noqa: PLR0913, PLR0917 - one call, as it was made
        self, connection: Any, query: str, duration_ns: int, error: BaseException, parameters: Any, many: bool
    ) -> None:
        """A call failed."""
        self._saw(connection, query)
        self._observation.failed(query, duration_ns, error, parameters, many=many)

    async def plan(self, connection: Any, query: str, duration_ns: int, parameters: Any) -> str:
        """The plan of a slow call, asked in a savepoint: a refusal must not end the host's transaction."""
        if not self._observation.takes_plan(query, duration_ns):
            return ""
        asked = plan.explaining(query, SYSTEM)
        if not asked or connection.is_closed():
            return ""
        try:
            async with connection.transaction():
                found = await _plain_execute(connection, asked, parameters, 0, None)
            return plan.outline(found, SYSTEM)
        except Exception:  # noqa: BLE001 - a plan is a favour
            return ""

    def _saw(self, connection: Any, query: str) -> None:
        is_open = not connection.is_closed() and connection.is_in_transaction()
        self._transaction.saw(self._observation, connection, query, is_open=is_open)


class PoolProbe:
    """Observes one pool and every connection it gives."""

    def __init__(self, pool: Any, slow_query_ms: float | None, pool_name: str) -> None:
        self.pool = pool
        self._slow_query_ms = slow_query_ms
        self._observation: Observation | None = None
        self.numbers = PoolObservation(SYSTEM, pool_name or f"asyncpg-{len(_pools) + 1}", self._read)

    def gave(self, connection: Any) -> None:
        """The pool gave a connection."""
        probe = _connections.get(connection)
        if probe is None:
            if self._observation is None:
                database = connection._params.database or ""
                self._observation = Observation(SYSTEM, database, slow_query_ms=self._slow_query_ms)
            probe = _connections[connection] = Probe(self._observation)
            probe.pool = self
            self.numbers.happened("connect")
            connection.add_termination_listener(self._ended)
        probe.out_since = time.perf_counter()

    def took_back(self, connection: Any) -> None:
        """The pool has it again."""
        probe = _connections.get(connection)
        if probe is not None and probe.out_since:
            self.numbers.used(time.perf_counter() - probe.out_since)
            probe.out_since = 0.0

    def _ended(self, _connection: Any) -> None:
        self.numbers.happened("close")

    def _read(self) -> PoolNumbers | None:
        pool = self.pool
        if pool._closed or not pool._initialized:
            return None
        size, idle = pool.get_size(), pool.get_idle_size()
        return PoolNumbers(size - idle, idle, pool.get_max_size())


_connections: "weakref.WeakKeyDictionary[Any, Probe]" = weakref.WeakKeyDictionary()
_pools: dict[int, PoolProbe] = {}
"""By the pool's identity: a pool cannot be referred to weakly. Closed ones are let go when the next is observed."""

_wrapped: list[str] = []
_plain_execute: Callable[..., Awaitable[Any]] = Connection._execute

Run = Callable[..., Awaitable[Any]]


def _wrap_classes() -> None:
    """Wraps asyncpg's classes, once."""
    if _wrapped:
        return
    _wrapped.append("asyncpg")
    Connection.execute = _observing_script(Connection.execute)
    Connection._execute = _observing(Connection._execute, _of_connection)
    Connection._executemany = _observing(Connection._executemany, _of_connection, many=True)
    private = "_PreparedStatement__bind_execute"
    setattr(PreparedStatement, private, _observing(getattr(PreparedStatement, private), _of_prepared))
    PreparedStatement.executemany = _observing(PreparedStatement.executemany, _of_prepared, many=True)
    Pool._acquire = _observing_waits(Pool._acquire)
    Pool.release = _observing_returns(Pool.release)


def _of_connection(connection: Any, args: tuple[Any, ...]) -> tuple[Any, str, Any]:
    """Connection, statement and parameters of a call of a connection."""
    return connection, args[0], args[1] if len(args) > 1 else None


def _of_prepared(prepared: Any, args: tuple[Any, ...]) -> tuple[Any, str, Any]:
    """Connection, statement and parameters of a call of a prepared statement."""
    return prepared._connection, prepared._query, args[0] if args else None


def _observing(run: Run, of: Callable[[Any, Any], tuple[Any, str, Any]], *, many: bool = False) -> Run:
    """A method that runs one query, timed where its connection is observed."""

    @wraps(run)
    async def observed(self: Any, *args: Any, **options: Any) -> Any:
        connection, query, parameters = of(self, args)
        probe = _connections.get(connection)
        if probe is None:
            return await run(self, *args, **options)
        return await _timed(probe, connection, query, parameters, run(self, *args, **options), many)

    return observed


def _observing_script(run: Run) -> Run:
    """`execute` without parameters, which may run several statements; with them it goes the other way."""

    @wraps(run)
    async def observed(self: Any, query: str, *args: Any, **options: Any) -> Any:
        probe = _connections.get(self)
        # What the pool says to clean a connection is none of the host's queries.
        if probe is None or args or query is self._reset_query:
            return await run(self, query, *args, **options)
        return await _timed(probe, self, query, None, run(self, query, **options), many=False)

    return observed


async def _timed(  # noqa: PLR0913, PLR0917 - one call, as it was made
    probe: Probe, connection: Any, query: str, parameters: Any, run: Awaitable[Any], many: bool
) -> Any:
    started_ns = time.perf_counter_ns()
    try:
        result = await run
    except BaseException as error:
        try:
            probe.failed(connection, query, time.perf_counter_ns() - started_ns, error, parameters, many)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("asyncpg")
        raise
    try:
        duration_ns = time.perf_counter_ns() - started_ns
        taken = await probe.plan(connection, query, duration_ns, parameters or ())
        probe.succeeded(connection, query, duration_ns, _rows(result), taken)
    except Exception:  # noqa: BLE001 - the host must never pay for being observed
        counters.failure("asyncpg")
    return result


def _rows(result: Any) -> int | None:
    """How many rows came, or were touched: records, a status, or both."""
    records, status = (result[0], result[1]) if type(result) is tuple else (result, result)
    if isinstance(records, list) and records:
        return len(records)
    word = status.decode() if isinstance(status, bytes) else status
    if isinstance(word, str):
        number = word.rpartition(" ")[2]
        return int(number) if number.isdigit() else None
    return len(records) if isinstance(records, list) else None


def _observing_waits(run: Run) -> Run:
    @wraps(run)
    async def observed(self: Any, timeout: float | None) -> Any:  # noqa: ASYNC109 - asyncpg's own
        known = _pools.get(id(self))
        if known is None:
            return await run(self, timeout)
        asked = known.numbers.asked()
        try:
            found = await run(self, timeout)
        except BaseException as error:
            known.numbers.refused(asked, timeout=isinstance(error, (TimeoutError, asyncio.TimeoutError)))
            raise
        known.numbers.got(asked)
        try:
            known.gave(found._con)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("asyncpg")
        return found

    return observed


def _observing_returns(run: Run) -> Run:
    @wraps(run)
    async def observed(self: Any, connection: Any, **options: Any) -> Any:
        known = _pools.get(id(self))
        if known is not None:
            try:
                known.took_back(connection._con)
            except Exception:  # noqa: BLE001 - the host must never pay for being observed
                counters.failure("asyncpg")
        return await run(self, connection, **options)

    return observed
