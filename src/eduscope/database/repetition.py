"""N+1: the same statement many times in one request or job, which one query with a join would have answered.

Counted per request, reported once when it ends, by the statement that came most often.
"""

from typing import Any

from eduscope import logging
from eduscope.counters import counters
from eduscope.database.caller import caller_fields
from eduscope.database.statement import reported
from eduscope.lifecycle import running_config

STATEMENTS_MAX = 500
"""Statements told apart in one request; a job that runs for days must not grow."""

THRESHOLD_DEFAULT = 10

NOT_COUNTED = frozenset({"BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET", ""})
"""What drivers and ORMs say between the queries."""

_log = logging.get_logger("eduscope.database")


class Repetitions:
    """The statements of one request."""

    __slots__ = ("_by_text", "_threshold")

    def __init__(self) -> None:
        config = running_config()
        self._threshold = THRESHOLD_DEFAULT if config is None else config.n_plus_one_threshold
        self._by_text: dict[str, _Repeated] = {}

    def add(self, system: str, text: str, duration_ns: int) -> None:
        """Counts one query. Where it becomes one too many, the caller's place is looked up, once."""
        repeated = self._by_text.get(text)
        if repeated is None:
            if self._threshold and len(self._by_text) < STATEMENTS_MAX:
                self._by_text[text] = _Repeated(system, duration_ns)
            return
        repeated.count += 1
        repeated.total_ns += duration_ns
        if repeated.count == self._threshold + 1:
            repeated.place = caller_fields()

    def report(self) -> None:
        """Warns once, if a statement came too often. The context of the request must still be the current one.

        Never raises.
        """
        try:
            often = [(r.count, text) for text, r in self._by_text.items() if r.count > self._threshold]
            if often:
                self._warn(max(often)[1], others=len(often) - 1)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("n_plus_one")
        self._by_text = {}

    def _warn(self, text: str, *, others: int) -> None:
        repeated = self._by_text[text]
        fields: dict[str, Any] = {
            "db.system.name": repeated.system,
            "db.query.text": reported(text, repeated.system),
            "count": repeated.count,
            "db.repeated.total_ms": repeated.total_ns / 1e6,
            "db.repeated.other_statements": others,
        }
        _log.warning("same query many times in one request", **fields, **repeated.place)


class _Repeated:
    __slots__ = ("count", "place", "system", "total_ns")

    def __init__(self, system: str, duration_ns: int) -> None:
        self.system = system
        self.count = 1
        self.total_ns = duration_ns
        self.place: dict[str, Any] = {}
