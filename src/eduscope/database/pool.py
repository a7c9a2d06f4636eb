"""A pool of connections, whatever the library: how many there are, how long callers wait, and when there are none left.

Names are those of OpenTelemetry's conventions for database clients.
"""

import threading
import time
import weakref
from collections.abc import Callable, Iterable
from typing import NamedTuple

from eduscope import logging, metrics
from eduscope.counters import counters
from eduscope.database.observation import SLOW_DEFAULT_MS
from eduscope.lifecycle import running_config

REPORT_INTERVAL_SECONDS = 60.0
"""An empty pool fails every request there is: one warning a minute tells it, with the number."""

WAIT_BUCKETS_SECONDS = (0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 10.0, 30.0)


class PoolNumbers(NamedTuple):
    """What a pool has now."""

    used: int
    idle: int
    max: int
    """Connections allowed; 0 where there is no limit."""
    waiting: int = 0


_NAME = "db_client_connection_pool_name"
_waits = metrics.histogram(
    "db_client_connection_wait_time_seconds",
    "How long callers waited for a connection.",
    labels=(_NAME,),
    buckets=WAIT_BUCKETS_SECONDS,
)
_uses = metrics.histogram(
    "db_client_connection_use_time_seconds",
    "How long connections were out of the pool.",
    labels=(_NAME,),
)
_events = metrics.counter(
    "db_client_connection_events", "Connections opened, closed …, by event.", labels=(_NAME, "event")
)
_timeouts = metrics.counter("db_client_connection_timeouts", "Callers that waited in vain.", labels=(_NAME,))

_pools: "weakref.WeakSet[PoolObservation]" = weakref.WeakSet()
_log = logging.get_logger("eduscope.database")


class PoolObservation:
    """Observes one pool. `read` gives its numbers, or None once the pool is gone."""

    def __init__(self, system: str, name: str, read: Callable[[], PoolNumbers | None]) -> None:
        self.system = system
        self.name = name
        self._read = read
        self._labels = (name,)
        self._lock = threading.Lock()
        self._reported_at = -REPORT_INTERVAL_SECONDS
        self._unreported = 0
        self._waiting = 0
        _pools.add(self)

    def asked(self) -> float:
        """A caller asks for a connection; gives the time, for `got` or `refused`."""
        self._waiting += 1
        return time.perf_counter()

    def got(self, asked: float) -> None:
        """The caller has it."""
        self._waiting -= 1
        seconds = time.perf_counter() - asked
        _waits.observe(self._labels, seconds)
        if seconds * 1e3 > _long_wait_ms():
            self._report("connection pool kept callers waiting", seconds, in_vain=0)

    def refused(self, asked: float, *, timeout: bool) -> None:
        """The caller has none: it waited too long, or connecting failed."""
        self._waiting -= 1
        seconds = time.perf_counter() - asked
        _waits.observe(self._labels, seconds)
        if timeout:
            _timeouts.add(self._labels)
            self.happened("timeout")
            self._report("connection pool exhausted", seconds, in_vain=1)

    def used(self, seconds: float) -> None:
        """A connection is back after so long."""
        _uses.observe(self._labels, seconds)

    def happened(self, event: str) -> None:
        """Counts `connect`, `close`, `overflow`, `timeout` or `invalidate`."""
        _events.add((self.name, event))

    def numbers(self) -> PoolNumbers | None:
        """What the pool has now; callers that wait are known here where the pool does not say."""
        found = self._read()
        if found is None:
            return None
        return found if found.waiting else found._replace(waiting=max(self._waiting, 0))

    def _report(self, message: str, seconds: float, *, in_vain: int) -> None:
        """Warns once per interval, with how many waited in vain since the last time. Never raises."""
        try:
            with self._lock:
                self._unreported += in_vain
                now = time.monotonic()
                if now - self._reported_at < REPORT_INTERVAL_SECONDS:
                    return
                self._reported_at = now
                timeouts, self._unreported = self._unreported, 0
            numbers = self.numbers() or PoolNumbers(0, 0, 0)
            _log.warning(
                message,
                duration_ms=seconds * 1e3,
                **{
                    "db.system.name": self.system,
                    "db.client.connection.pool.name": self.name,
                    "db.client.connection.used": numbers.used,
                    "db.client.connection.idle": numbers.idle,
                    "db.client.connection.max": numbers.max,
                    "db.client.connection.pending_requests": numbers.waiting,
                    "db.client.connection.timeouts": timeouts,
                },
            )
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("pool")


def _long_wait_ms() -> float:
    """A wait is long when a query would be: the request has lost as much."""
    config = running_config()
    return SLOW_DEFAULT_MS if config is None else config.slow_query_ms


def _all_numbers() -> Iterable[tuple[str, PoolNumbers]]:
    for pool in list(_pools):
        numbers = pool.numbers()
        if numbers is not None:
            yield pool.name, numbers


def _counts() -> Iterable[tuple[tuple[str, ...], float]]:
    for name, numbers in _all_numbers():
        yield (name, "used"), numbers.used
        yield (name, "idle"), numbers.idle


metrics.gauge(
    "db_client_connection_count", "Connections of a pool, by state.", labels=(_NAME, "state"), read=_counts
)
metrics.gauge(
    "db_client_connection_max",
    "Connections a pool may have.",
    labels=(_NAME,),
    read=lambda: [((name,), numbers.max) for name, numbers in _all_numbers()],
)
metrics.gauge(
    "db_client_connection_pending_requests",
    "Callers that wait for a connection.",
    labels=(_NAME,),
    read=lambda: [((name,), numbers.waiting) for name, numbers in _all_numbers()],
)
