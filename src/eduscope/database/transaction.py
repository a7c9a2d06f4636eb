"""Transactions that stay open too long: they hold locks and a connection, and keep the database from tidying up.

Reported at their end, and, once, while they are still open: one sleeping thread looks at the open ones each second,
while there are any.
"""

import os
import threading
import time
import weakref
from typing import Any

from eduscope import logging
from eduscope.context import Context, current, enter, leave
from eduscope.counters import counters
from eduscope.database.caller import caller_fields
from eduscope.database.observation import Observation
from eduscope.database.statement import read, reported
from eduscope.lifecycle import running_config

LONG_DEFAULT_MS = 5_000.0

LOOK_SECONDS = 1.0
QUIET_LOOKS_MAX = 60
"""After so many looks at nothing the thread ends; the next transaction starts another."""

_log = logging.get_logger("eduscope.database")


class Transaction:
    """One open transaction. Its library's module calls `end`."""

    __slots__ = ("__weakref__", "_ids", "_observation", "_owner", "_started", "last", "queries", "told")

    def __init__(self, observation: Observation, owner: object) -> None:
        self._observation = observation
        self._owner = weakref.ref(owner)
        self._started = time.perf_counter()
        self._ids: Context = current()
        self.queries = 0
        self.last = ""
        """The statement of the last query, as the host wrote it."""
        self.told = False

    def end(self, outcome: str) -> None:
        """It is over: `committed` or `rolled_back`. Never raises."""
        try:
            open_transactions.remove(self)
            duration_ms = (time.perf_counter() - self._started) * 1e3
            if duration_ms > _long_ms():
                fields = {"outcome": outcome, **self._fields(), **caller_fields()}
                _log.warning("transaction was open long", duration_ms=duration_ms, **fields)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("transaction")

    def look(self) -> None:
        """Reports it once, if it is open for too long already."""
        if self._owner() is None:  # its connection is gone without a word
            open_transactions.remove(self)
            return
        duration_ms = (time.perf_counter() - self._started) * 1e3
        if self.told or duration_ms <= _long_ms():
            return
        self.told = True
        token = enter(self._ids)
        try:
            _log.warning("transaction is still open", duration_ms=duration_ms, **self._fields())
        finally:
            leave(token)

    def _fields(self) -> dict[str, Any]:
        system = self._observation.system
        fields: dict[str, Any] = {"db.system.name": system, "db.transaction.queries": self.queries}
        if self._observation.namespace:
            fields["db.namespace"] = self._observation.namespace
        if self.last:
            fields["db.query.text"] = reported(read(self.last, system).text, system)
        return fields


class OpenTransactions:
    """The open transactions of the process, and the thread that looks at them."""

    def __init__(self) -> None:
        self._open: dict[int, Transaction] = {}
        self._watch: threading.Thread | None = None

    def add(self, transaction: Transaction) -> None:
        """One more; the first starts the thread."""
        self._open[id(transaction)] = transaction
        if self._watch is None:
            self._watch = threading.Thread(
                target=self._keep_looking, name="eduscope-transactions", daemon=True
            )
            self._watch.start()

    def remove(self, transaction: Transaction) -> None:
        """One less."""
        self._open.pop(id(transaction), None)

    def look(self) -> None:
        """Looks at each once. Never raises."""
        for transaction in list(self._open.values()):
            try:
                transaction.look()
            except Exception:  # noqa: BLE001 - one odd transaction must not hide the others
                counters.failure("transaction")

    def forget(self) -> None:
        """In a forked child: the thread and the transactions are the parent's."""
        self._open = {}
        self._watch = None

    def _keep_looking(self) -> None:
        quiet_looks = 0
        while quiet_looks < QUIET_LOOKS_MAX:
            time.sleep(LOOK_SECONDS)
            quiet_looks = 0 if self._open else quiet_looks + 1
            self.look()
        self._watch = None


open_transactions = OpenTransactions()
"""The process' own."""

os.register_at_fork(after_in_child=open_transactions.forget)


def begin(observation: Observation, owner: object) -> Transaction | None:
    """Notes that a transaction begins on a connection (its `owner`). Never raises."""
    try:
        transaction = Transaction(observation, owner)
        open_transactions.add(transaction)
    except Exception:  # noqa: BLE001 - the host must never pay for being observed
        counters.failure("transaction")
        return None
    return transaction


class ConnectionTransaction:
    """The transaction of one connection, for libraries that do not say when one begins or ends."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: Transaction | None = None

    def saw(self, observation: Observation, owner: object, statement: str, *, is_open: bool) -> None:
        """A call is over, and a transaction is open on the connection (its `owner`), or none is. Never raises."""
        held = self._held
        if not is_open:
            if held is not None:
                self._held = None
                rolled_back = statement.lstrip()[:8].upper() == "ROLLBACK"
                held.end("rolled_back" if rolled_back else "committed")
            return
        if held is None:
            held = self._held = begin(observation, owner)
        if held is not None and statement.lstrip()[:5].upper() != "BEGIN":
            held.queries += 1
            held.last = statement


def _long_ms() -> float:
    config = running_config()
    return LONG_DEFAULT_MS if config is None else config.long_transaction_ms
