"""psycopg's pools, observed: connections made and closed, waits, timeouts and sizes."""

import inspect
import time
import weakref
from collections.abc import Callable
from typing import Any

from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import PoolTimeout, TooManyRequests

from eduscope.counters import counters
from eduscope.database.observation import Observation
from eduscope.database.pool import PoolNumbers, PoolObservation
from eduscope.database.psycopg_cursor import PROBE

_OUT_SINCE = "_eduscope_out_since"
_WRAPPED = ("getconn", "putconn", "_connect", "_close_connection")


def observe_pool(pool: Any, slow_query_ms: float | None) -> None:
    """Observes a pool and every connection it gives."""
    setattr(pool, PROBE, PoolProbe(pool, slow_query_ms))


class PoolProbe:
    """Observes one pool, by wrapping the four methods through which its connections come and go."""

    def __init__(self, pool: Any, slow_query_ms: float | None) -> None:
        reference = weakref.ref(pool)
        self._pool = PoolObservation("postgresql", pool.name, lambda: _numbers(reference()))
        self._observation = Observation("postgresql", _database(pool), slow_query_ms=slow_query_ms)
        for name in _WRAPPED:
            run = getattr(type(pool), name, None)
            if run is not None:
                setattr(pool, name, _wrapped(run.__get__(pool), getattr(self, name.lstrip("_"))))

    def leave(self, pool: Any) -> None:
        """Leaves the pool as it was."""
        for name in _WRAPPED:
            vars(pool).pop(name, None)

    def getconn(self) -> "_Waiting":
        """A caller asks for a connection."""
        return _Waiting(self._pool, self._observation)

    def putconn(self) -> "_Returning":
        """A caller gives one back."""
        return _Returning(self._pool)

    def connect(self) -> "_Counting":
        """The pool makes one."""
        return _Counting(self._pool, "connect")

    def close_connection(self) -> "_Counting":
        """The pool closes one."""
        return _Counting(self._pool, "close")


class _Call:
    """What is done around one call of the pool."""

    def before(self, args: tuple[Any, ...]) -> None:
        """With the arguments."""

    def after(self, result: Any) -> None:
        """With the result."""

    def failed(self, error: BaseException) -> None:
        """With what it raised."""


class _Waiting(_Call):
    def __init__(self, pool: PoolObservation, observation: Observation) -> None:
        self._pool = pool
        self._observation = observation

    def before(self, args: tuple[Any, ...]) -> None:
        self._asked = self._pool.asked()

    def after(self, result: Any) -> None:
        from eduscope.database.psycopg import observe_connection  # noqa: PLC0415 - it loads this module

        self._pool.got(self._asked)
        observe_connection(result, self._observation)
        setattr(result, _OUT_SINCE, time.perf_counter())

    def failed(self, error: BaseException) -> None:
        self._pool.refused(self._asked, timeout=isinstance(error, (PoolTimeout, TooManyRequests)))


class _Returning(_Call):
    def __init__(self, pool: PoolObservation) -> None:
        self._pool = pool

    def before(self, args: tuple[Any, ...]) -> None:
        since = vars(args[0]).pop(_OUT_SINCE, None) if args else None
        if since is not None:
            self._pool.used(time.perf_counter() - since)


class _Counting(_Call):
    def __init__(self, pool: PoolObservation, event: str) -> None:
        self._pool = pool
        self._event = event

    def after(self, result: Any) -> None:
        self._pool.happened(self._event)


def _wrapped(run: Callable[..., Any], new_call: Callable[[], _Call]) -> Callable[..., Any]:
    """A method of the pool with something done around it, none of which reaches the host."""

    def around(*args: Any, **options: Any) -> Any:
        call = _begun(new_call, args)
        try:
            result = run(*args, **options)
        except BaseException as error:
            _spared(call.failed, error)
            raise
        _spared(call.after, result)
        return result

    async def around_waiting(*args: Any, **options: Any) -> Any:
        call = _begun(new_call, args)
        try:
            result = await run(*args, **options)
        except BaseException as error:
            _spared(call.failed, error)
            raise
        _spared(call.after, result)
        return result

    return around_waiting if inspect.iscoroutinefunction(run) else around


def _begun(new_call: Callable[[], _Call], args: tuple[Any, ...]) -> _Call:
    call = new_call()
    _spared(call.before, args)
    return call


def _spared(observe: Callable[[Any], None], told: Any) -> None:
    try:
        observe(told)
    except Exception:  # noqa: BLE001 - the host must never pay for being observed
        counters.failure("psycopg_pool")


def _numbers(pool: Any) -> PoolNumbers | None:
    if pool is None or pool.closed:
        return None
    stats = pool.get_stats()
    size, idle = stats["pool_size"], stats["pool_available"]
    return PoolNumbers(size - idle, idle, stats["pool_max"], stats.get("requests_waiting", 0))


def _database(pool: Any) -> str:
    """The database's name, where the pool's address says it."""
    try:
        given = pool.conninfo if isinstance(pool.conninfo, str) else ""
        return str(conninfo_to_dict(given).get("dbname") or (pool.kwargs or {}).get("dbname", ""))
    except Exception:  # noqa: BLE001 - an address may be a function, or unreadable: the pool will say so itself
        return ""
