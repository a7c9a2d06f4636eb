"""Reads failures: errors that are one and the same, how often, and one of each to look at."""

from datetime import datetime

import msgspec

from eduscope_server.query.question import Question
from eduscope_server.query.statement import statement
from eduscope_server.store import Store

MAX_GROUPS = 500


class Failure(msgspec.Struct, kw_only=True, frozen=True):
    """One kind of failure at one service. Message and ids are those of its newest occurrence."""

    service_name: str
    type: str
    message: str
    count: int
    first_seen: datetime
    last_seen: datetime
    correlation_id: str
    trace_id: str


async def read_failures(store: Store, *, logs: Question, spans: Question, limit: int) -> list[Failure]:
    """The kinds of failures among these logs and spans, the most frequent first.

    Messages count as one where they differ in numbers and ids only.
    """
    log_condition, span_condition = logs.condition(), spans.condition(names="s")
    sql = statement(
        "failures.sql", "groups", log_condition=log_condition.sql, span_condition=span_condition.sql
    )
    parameters = log_condition.parameters | span_condition.parameters | {"limit": limit}
    rows = await store.fetch(sql, parameters)
    return [
        Failure(
            service_name=row["service"],
            type=row["type"],
            message=row["newest_message"],
            count=row["records"],
            first_seen=row["first_seen"],
            last_seen=row["last_seen"],
            correlation_id=row["newest_correlation_id"],
            trace_id=row["newest_trace_id"],
        )
        for row in rows
    ]
