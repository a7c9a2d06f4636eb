"""SQLAlchemy's pool, observed: through its events, and through the one method that waits for a connection."""

import time
import weakref
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import Pool, QueuePool

from eduscope.counters import counters
from eduscope.database.pool import PoolNumbers, PoolObservation

_CHECKED_OUT = "_eduscope_checked_out"

COUNTED = {
    "connect": "connect",
    "close": "close",
    "close_detached": "close",
    "invalidate": "invalidate",
    "soft_invalidate": "invalidate",
}
"""SQLAlchemy's events, and what they are counted as."""


def observe_pool(engine: Engine, system: str, name: str) -> list[tuple[str, Any]]:
    """Observes the pool of an engine, and the one that `dispose` puts in its place.

    Gives what was listened to, so that it can be undone. Pools without a limit have no sizes.
    """
    reference = weakref.ref(engine)

    def numbers() -> PoolNumbers | None:
        alive = reference()
        return None if alive is None else _numbers(alive.pool)

    observation = PoolObservation(system, name, numbers)
    engine._eduscope_pool = observation  # type: ignore[attr-defined]  # lives as long as its engine
    listeners: list[tuple[str, Any]] = [
        (source, _counter(observation, counted)) for source, counted in COUNTED.items()
    ]
    listeners += [
        ("checkout", _checked_out),
        ("checkin", _CheckedIn(observation)),
        ("engine_disposed", lambda disposed: _time_waits(disposed.pool, observation)),
    ]
    for source, listener in listeners:
        event.listen(engine, source, listener)
    _time_waits(engine.pool, observation)
    return listeners


def forget_pool(engine: Engine) -> None:
    """Leaves the pool of an engine as it was."""
    engine.pool.__dict__.pop("_do_get", None)
    engine.__dict__.pop("_eduscope_pool", None)


def _counter(observation: PoolObservation, counted: str) -> Any:
    return lambda *_args: observation.happened(counted)


def _checked_out(_connection: Any, record: Any, _proxy: Any) -> None:
    record.info[_CHECKED_OUT] = time.perf_counter()


class _CheckedIn:
    """Notes how long a connection was out."""

    def __init__(self, observation: PoolObservation) -> None:
        self._observation = observation

    def __call__(self, _connection: Any, record: Any) -> None:
        started = record.info.pop(_CHECKED_OUT, None)
        if started is not None:
            self._observation.used(time.perf_counter() - started)


def _time_waits(pool: Pool, observation: PoolObservation) -> None:
    """Wraps the method that waits: SQLAlchemy has no event before a checkout."""
    if not isinstance(pool, QueuePool) or "_do_get" in pool.__dict__:
        return
    get = pool._do_get

    def timed_get() -> Any:
        overflow_before = pool.overflow()
        asked = observation.asked()
        try:
            found = get()
        except BaseException as error:
            observation.refused(asked, timeout=isinstance(error, PoolTimeoutError))
            raise
        observation.got(asked)
        if pool.overflow() > max(overflow_before, 0):
            observation.happened("overflow")
        return found

    try:
        pool._do_get = timed_get  # type: ignore[method-assign]
    except Exception:  # noqa: BLE001 - a pool of another make is observed by its events alone
        counters.failure("pool")


def _numbers(pool: Pool) -> PoolNumbers | None:
    if not isinstance(pool, QueuePool):
        return None
    limit = pool.size() + pool._max_overflow if pool._max_overflow >= 0 else 0
    return PoolNumbers(max(pool.checkedout(), 0), pool.checkedin(), limit)
