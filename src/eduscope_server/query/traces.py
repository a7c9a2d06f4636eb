"""Reads traces: which there were, and everything of one."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from eduscope_server.query.backward import sections
from eduscope_server.query.cursor import TracePlace
from eduscope_server.query.fields import LOGS, SPANS
from eduscope_server.query.question import Question
from eduscope_server.query.records import LOG_COLUMNS, SPAN_COLUMNS, Log, Span, read_log, read_span
from eduscope_server.query.scope import Scope
from eduscope_server.query.sql import Condition
from eduscope_server.query.statement import statement
from eduscope_server.query.times import Window
from eduscope_server.store import Store

MAX_PAGE = 200
MAX_SPANS = 5_000
"""A waterfall a browser can draw. A trace with more is shown from its start, and says so."""
MAX_LOGS = 1_000
FIRST_SECTION = timedelta(minutes=1)
"""Every span of a section is grouped by its trace, so the first is shorter than for logs."""


class TraceSummary(msgspec.Struct, kw_only=True, frozen=True):
    """A trace in a few words."""

    trace_id: str
    root_name: str
    root_service: str
    timestamp: datetime
    duration_ms: float
    span_count: int
    error_count: int
    services: list[str]
    correlation_id: str


class Trace(msgspec.Struct, kw_only=True, frozen=True):
    """A whole trace: spans and logs, each in time order."""

    trace_id: str
    correlation_id: str
    timestamp: datetime
    duration_ms: float
    spans: list[Span]
    logs: list[Log]
    truncated: bool


@dataclass(frozen=True, slots=True)
class TracePage:
    """One page of traces, and the place it ended; None where nothing is left."""

    traces: list[TraceSummary]
    end: TracePlace | None


class TraceReader:
    """Answers questions about traces."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def search(
        self, question: Question, *, limit: int, after: TracePlace | None = None, only_unfailed: bool = False
    ) -> TracePage:
        """A page of the traces that have a span that matches, those with the newest such span first.

        `only_unfailed` leaves out traces in which any span failed.
        """
        found = await self._matching(question, limit=limit + 1, after=after, only_unfailed=only_unfailed)
        page = found[:limit]
        if not page:
            return TracePage([], None)
        summaries = await self._summaries([place.trace_id for place in page], question.scope)
        traces = [summaries[place.trace_id] for place in page if place.trace_id in summaries]
        return TracePage(traces, page[-1] if len(found) > limit else None)

    async def read(self, trace_id: str, scope: Scope) -> Trace | None:
        """All there is of one trace; None where there is no span and no log of it."""
        condition = Condition(SPANS).seen_by(scope)
        log_condition = Condition(LOGS).seen_by(scope)
        span_sql = statement("spans.sql", "of_trace", condition=condition, columns=SPAN_COLUMNS)
        log_sql = statement("spans.sql", "logs_of_trace", condition=log_condition, columns=LOG_COLUMNS)
        key = {"trace_id": trace_id}
        span_rows, log_rows = await asyncio.gather(
            self._store.fetch(span_sql, condition.parameters | key | {"limit": MAX_SPANS + 1}),
            self._store.fetch(log_sql, log_condition.parameters | key | {"limit": MAX_LOGS + 1}),
        )
        spans = [read_span(row, Span) for row in span_rows[:MAX_SPANS]]
        logs = [read_log(row, Log) for row in log_rows[:MAX_LOGS]]
        if not spans and not logs:
            return None
        truncated = len(span_rows) > MAX_SPANS or len(log_rows) > MAX_LOGS
        return _trace(trace_id, spans, logs, truncated=truncated)

    async def _matching(
        self, question: Question, *, limit: int, after: TracePlace | None, only_unfailed: bool
    ) -> list[TracePlace]:
        """The places of the traces, newest first.

        Each section reaches to the window's end: what counts for a trace is its newest span in all of it.
        """
        rows: list[dict[str, Any]] = []
        for section in sections(question.window, first=FIRST_SECTION, whole=question.is_for_one_id()):
            condition = question.of(Window(section.start, question.window.end)).condition()
            if only_unfailed:
                condition.join(_unfailed(question))
            earlier = Condition(SPANS, names="e")
            if after:
                earlier.before_trace(after.timestamp, after.trace_id)
            sql = statement("spans.sql", "matching_traces", condition=condition, earlier=earlier.sql)
            parameters = condition.parameters | earlier.parameters | {"limit": limit}
            rows = await self._store.fetch(sql, parameters)
            if len(rows) >= limit:
                break
        return [TracePlace(row["newest"], row["trace_id"]) for row in rows]

    async def _summaries(self, trace_ids: list[str], scope: Scope) -> dict[str, TraceSummary]:
        condition = Condition(SPANS).seen_by(scope)
        sql = statement("spans.sql", "summaries", condition=condition)
        rows = await self._store.fetch(sql, condition.parameters | {"trace_ids": trace_ids})
        return {row["trace_id"]: _summary(row) for row in rows}


def _unfailed(question: Question) -> Condition:
    """That no span of the trace failed in the question's window."""
    inner = Condition(SPANS, names="f").within(question.window).seen_by(question.scope)
    outer = Condition(SPANS).add(statement("spans.sql", "without_failure", condition=inner))
    outer.parameters |= inner.parameters
    return outer


def _summary(row: dict[str, Any]) -> TraceSummary:
    return TraceSummary(
        trace_id=row["trace_id"],
        root_name=row["root_name"],
        root_service=row["root_service"],
        timestamp=row["started"],
        duration_ms=row["length_ms"],
        span_count=row["span_count"],
        error_count=row["error_count"],
        services=row["services"],
        correlation_id=row["correlation"],
    )


def _trace(trace_id: str, spans: list[Span], logs: list[Log], *, truncated: bool) -> Trace:
    """The trace's own length is its spans'; one of which only logs are known has theirs."""
    starts = [span.timestamp for span in spans] or [log.timestamp for log in logs]
    ends = [span.timestamp + timedelta(milliseconds=span.duration_ms) for span in spans] or starts
    correlations = [span.correlation_id for span in spans] + [log.correlation_id for log in logs]
    return Trace(
        trace_id=trace_id,
        correlation_id=next(filter(None, correlations), ""),
        timestamp=min(starts),
        duration_ms=(max(ends) - min(starts)) / timedelta(milliseconds=1),
        spans=spans,
        logs=logs,
        truncated=truncated,
    )
