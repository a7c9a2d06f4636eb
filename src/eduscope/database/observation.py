"""What is done for every call of a database, whatever the library: timed, counted, and a span; a line where it was
slow or failed.

A library's module makes one `Observation` per database, and tells it when a call is over. Nothing here raises.
"""

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from eduscope import logging, metrics, tracing
from eduscope.context import Context, current
from eduscope.counters import counters
from eduscope.database.caller import caller_fields
from eduscope.database.failure import failure_fields, is_expected, parameter_types
from eduscope.database.plan import PlanTimes
from eduscope.database.repetition import NOT_COUNTED, Repetitions
from eduscope.database.statement import Statement, read, reported
from eduscope.lifecycle import running_config

if TYPE_CHECKING:
    from eduscope.database.span import ClientSpans
    from eduscope.spans import Spans

SLOW_DEFAULT_MS = 500.0

STATEMENTS_MAX = 1024
"""Statements remembered per database; at the limit the memory starts again, which costs 70 µs per statement once."""

REMEMBERED_MAX_CHARS = 16_384
"""Longer statements are read each time: they are bulk inserts that hardly repeat, and would fill the memory."""

DURATION_BUCKETS_SECONDS = (
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
)
"""A primary-key look-up takes half a millisecond; what takes ten seconds is broken either way."""

EXEMPLAR_MIN_NS = 5_000_000

durations = metrics.histogram(
    "db_client_operation_duration_seconds",
    "Calls of databases, until the answer began.",
    labels=("db_system_name", "db_operation_name", "db_namespace", "error_type"),
    buckets=DURATION_BUCKETS_SECONDS,
)

_log = logging.get_logger("eduscope.database")
_client_spans: "ClientSpans | None" = None


class Known:
    """What is the same for every run of one statement."""

    __slots__ = ("attributes", "counted", "labels", "name", "text")

    def __init__(self, observation: "Observation", statement: str) -> None:
        kept = observation.read(statement, observation.system)
        self.text = kept.text
        self.counted = bool(kept.text) and kept.operation not in NOT_COUNTED
        self.labels = (observation.system, kept.operation, observation.namespace, "")
        self.name = kept.operation or observation.system
        attributes = {
            "db.system.name": observation.system,
            "db.namespace": observation.namespace,
            "db.operation.name": kept.operation,
            "db.collection.name": kept.table,
            "db.query.text": kept.text,
            "db.query.hash": kept.hash() if kept.text else "",
        }
        self.attributes = {name: value for name, value in attributes.items() if value}


class Observation:
    """Observes the calls of one database. `read` makes what is kept of what was asked; its default reads SQL."""

    def __init__(
        self,
        system: str,
        namespace: str = "",
        *,
        slow_query_ms: float | None = None,
        read: Callable[[str, str], Statement] = read,
    ) -> None:
        self.system = system
        self.namespace = namespace
        self.read = read
        self._slow_query_ms = slow_query_ms
        self._known: dict[str, Known] = {}
        self._plans = PlanTimes()

    def succeeded(self, statement: str, duration_ns: int, rows: int | None = None, plan: str = "") -> None:
        """A call that ended after so long. `plan` is given where `takes_plan` asked for it."""
        try:
            known = self._known.get(statement) or self._learn(statement)
            ids = current()
            spans = tracing.active()
            trace_id = 0 if spans is None else _record(spans, known, duration_ns, ids, rows)
            # An exemplar shows where time went; of the quick calls there are too many to choose from.
            durations.observe(
                known.labels, duration_ns / 1e9, trace_id if duration_ns > EXEMPLAR_MIN_NS else 0
            )
            work = ids.learned
            if work is not None and known.counted:
                if work.queries is None:
                    work.queries = Repetitions()
                work.queries.add(self.system, known.text, duration_ns)
            if duration_ns > self._slow_ms() * 1e6:
                self._warn(known, duration_ns, rows, plan)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("database")

    def failed(
        self,
        statement: str,
        duration_ns: int,
        error: BaseException,
        parameters: Any = None,
        *,
        many: bool = False,
    ) -> None:
        """A call that failed after so long. Of the parameters, types and lengths are told."""
        try:
            known = self._known.get(statement) or self._learn(statement)
            fields = failure_fields(error)
            spans = tracing.active()
            trace_id = 0
            if spans is not None:
                attributes = {**known.attributes, **fields}
                client = _client(spans)
                trace_id = client.record(known.name, attributes, duration_ns, current(), failed=True)
            durations.observe((*known.labels[:3], fields["error.type"]), duration_ns / 1e9, trace_id)
            if isinstance(error, Exception):  # a cancelled task is no failure of the query
                types = parameter_types(parameters, many=many)
                if types:
                    fields["db.query.parameter_types"] = types
                self._say_failed(known, duration_ns, fields, expected=is_expected(error))
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("database")

    def takes_plan(self, statement: str, duration_ns: int) -> bool:
        """Whether the plan of a call that took so long is wanted now: it is slow, plans are turned on, and
        there is none of this statement from the last minute.
        """
        config = running_config()
        if config is None or not config.explain_slow_queries or duration_ns <= self._slow_ms() * 1e6:
            return False
        return self._plans.take(self.read(statement, self.system).text)

    def _learn(self, statement: str) -> Known:
        known = Known(self, statement)
        if len(statement) <= REMEMBERED_MAX_CHARS:
            if len(self._known) >= STATEMENTS_MAX:
                self._known = {}
            self._known[statement] = known
        return known

    def _slow_ms(self) -> float:
        if self._slow_query_ms is not None:
            return self._slow_query_ms
        config = running_config()
        return SLOW_DEFAULT_MS if config is None else config.slow_query_ms

    def _warn(self, known: Known, duration_ns: int, rows: int | None, plan: str) -> None:
        fields = {**self._described(known), "db.response.returned_rows": rows}
        if plan:
            fields["db.query.plan"] = plan
        _log.warning("slow query", duration_ms=duration_ns / 1e6, **fields, **caller_fields())

    def _say_failed(self, known: Known, duration_ns: int, fields: dict[str, Any], *, expected: bool) -> None:
        say = _log.warning if expected else _log.error
        described = self._described(known)
        say("query failed", duration_ms=duration_ns / 1e6, **described, **fields, **caller_fields())

    def _described(self, known: Known) -> dict[str, Any]:
        """A statement's attributes for a line that people read."""
        if not known.text:
            return known.attributes
        return known.attributes | {"db.query.text": reported(known.text, self.system)}


def _record(spans: "Spans", known: Known, duration_ns: int, ids: Context, rows: int | None) -> int:
    attributes = known.attributes
    if rows is not None:
        attributes = {**attributes, "db.response.returned_rows": rows}  # type: ignore[dict-item]
    return _client(spans).record(known.name, attributes, duration_ns, ids)


def _client(spans: "Spans") -> "ClientSpans":
    """What makes spans of calls that are over; made anew when tracing is started anew."""
    global _client_spans  # noqa: PLW0603 - kept beside tracing's own, which it follows
    client = _client_spans
    if client is None or client.spans is not spans:
        module = importlib.import_module("eduscope.database.span")
        client = _client_spans = module.ClientSpans(spans)
    return client
