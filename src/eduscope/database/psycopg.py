"""psycopg 3, observed: connections and pools, synchronous and asynchronous.

>>> pool = psycopg_pool.AsyncConnectionPool(address, open=False)
>>> eduscope.database.psycopg.instrument(pool)
>>> connection = eduscope.database.psycopg.instrument(psycopg.connect(address))
"""

from collections.abc import Callable, Generator
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus

from eduscope.counters import counters
from eduscope.database import plan
from eduscope.database.observation import Observation
from eduscope.database.psycopg_cursor import PROBE, observed_cursor, text_of
from eduscope.database.transaction import ConnectionTransaction

Target = TypeVar("Target")

SYSTEM = "postgresql"

_OPEN = frozenset({TransactionStatus.INTRANS, TransactionStatus.INERROR})
_FACTORIES = ("cursor_factory", "server_cursor_factory")


def instrument(target: Target, *, slow_query_ms: float | None = None) -> Target:
    """The same connection or pool, observed from now on: every query of the cursors made from here on, and a pool's
    sizes, waits and timeouts. Twice does no more than once.

    Parameters are never recorded. `slow_query_ms` overrides the configuration's.
    """
    if PROBE in vars(target):
        return target
    if isinstance(target, (psycopg.Connection, psycopg.AsyncConnection)):
        observe_connection(target, Observation(SYSTEM, target.info.dbname, slow_query_ms=slow_query_ms))
    else:
        # psycopg_pool is a package of its own: a service without pools has not installed it.
        from eduscope.database.psycopg_pool import observe_pool  # noqa: PLC0415

        observe_pool(target, slow_query_ms)
    return target


def uninstrument(target: Target) -> Target:
    """The same connection or pool, no longer observed; cursors and connections that are in use are until they end."""
    probe = vars(target).pop(PROBE, None)
    if probe is not None:
        probe.leave(target)
    return target


class Probe:
    """Observes one connection; its cursors tell it of each call."""

    def __init__(self, connection: Any, observation: Observation) -> None:
        self._observation = observation
        self._transaction = ConnectionTransaction()
        self._factories = {name: getattr(connection, name) for name in _FACTORIES}

    def leave(self, connection: Any) -> None:
        """Leaves the connection as it was."""
        for name, factory in self._factories.items():
            setattr(connection, name, factory)
        vars(connection).pop("_exec_command", None)

    def succeeded(self, cursor: Any, query: Any, duration_ns: int, taken: str = "") -> None:
        """A call is over. `taken` is its plan. Never raises."""
        try:
            statement = text_of(query, cursor._conn)
            self.saw(cursor._conn, statement)
            rows = cursor.rowcount
            self._observation.succeeded(statement, duration_ns, rows if rows >= 0 else None, taken)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("psycopg")

    def failed(
        self, cursor: Any, query: Any, duration_ns: int, error: BaseException, parameters: Any
    ) -> None:
        """A call failed. Never raises."""
        try:
            statement = text_of(query, cursor._conn)
            self.saw(cursor._conn, statement)
            self._observation.failed(statement, duration_ns, error, parameters)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("psycopg")

    def saw(self, connection: Any, statement: str) -> None:
        """The connection did something: it may have begun or ended a transaction."""
        is_open = connection.pgconn.transaction_status in _OPEN
        self._transaction.saw(self._observation, connection, statement, is_open=is_open)

    def explaining(self, cursor: Any, query: Any, duration_ns: int) -> str:
        """The statement that asks for the plan of a slow call, or nothing where none is wanted. Never raises."""
        try:
            statement = text_of(query, cursor._conn)
            wanted = self._observation.takes_plan(statement, duration_ns)
            return plan.explaining(statement, SYSTEM) if wanted else ""
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("psycopg")
            return ""


def observe_connection(connection: Any, observation: Observation) -> None:
    """Observes the cursors that a connection makes from now on, and its transactions."""
    if PROBE in vars(connection):
        return
    probe = Probe(connection, observation)
    setattr(connection, PROBE, probe)
    for name in _FACTORIES:
        setattr(connection, name, observed_cursor(getattr(connection, name)))
    connection._exec_command = _noting(type(connection)._exec_command.__get__(connection), connection, probe)


def _noting(run: Callable[..., Any], connection: Any, probe: Probe) -> Callable[..., Any]:
    """psycopg says BEGIN, COMMIT and ROLLBACK itself, without a cursor."""

    def noting(command: Any, *args: Any, **options: Any) -> Generator[Any, Any, Any]:
        result = yield from run(command, *args, **options)
        try:
            # Only a rollback is told from the other words, and it comes as bytes.
            probe.saw(connection, command.decode() if isinstance(command, bytes) else "BEGIN")
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("psycopg")
        return result

    return noting
