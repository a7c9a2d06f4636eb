"""One timeline from any id: everything of every kind that bears it, in time order."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from string import Template
from typing import Any

import msgspec

from eduscope_server.query.fields import LOGS, SPANS
from eduscope_server.query.records import LOG_COLUMNS, SPAN_COLUMNS, Log, SpanFields, read_log, read_span
from eduscope_server.query.scope import Scope
from eduscope_server.query.sql import Condition
from eduscope_server.store import Store
from eduscope_server.store.sql import queries

MAX_ITEMS = 5_000
"""A timeline a browser can show. A longer one is shown from its start, and says so."""

_ID_FIELDS = ("correlation_id", "trace_id", "request_id")


class LogItem(Log, kw_only=True, frozen=True, tag_field="kind", tag="log"):
    """A log line on a timeline."""


class SpanItem(SpanFields, kw_only=True, frozen=True, tag_field="kind", tag="span"):
    """A span on a timeline. What is `kind` on a span is `span_kind` here."""

    span_kind: str


Item = LogItem | SpanItem


class Timeline(msgspec.Struct, kw_only=True, frozen=True, rename={"start": "from", "end": "to"}):
    """Everything that bears an id. Nothing does: then there are no items and no times."""

    id: str
    matched_as: list[str]
    start: datetime | None
    end: datetime | None
    services: list[str]
    trace_ids: list[str]
    items: list[Item]
    truncated: bool


async def read_timeline(store: Store, record_id: str, scope: Scope) -> Timeline:
    """Everything the scope may see that bears the id as its correlation, trace or request id.

    Services and trace ids come in the order in which they first appear.
    """
    logs, spans = await asyncio.gather(_logs(store, record_id, scope), _spans(store, record_id, scope))
    items: list[Item] = sorted([*spans, *logs], key=lambda item: item.timestamp)
    return build(record_id, items[:MAX_ITEMS], truncated=len(items) > MAX_ITEMS)


def build(record_id: str, items: Sequence[Item], *, truncated: bool) -> Timeline:
    """The timeline of items that are in time order."""
    return Timeline(
        id=record_id,
        matched_as=[name for name in _ID_FIELDS if any(getattr(item, name) == record_id for item in items)],
        start=items[0].timestamp if items else None,
        end=max(map(_end, items), default=None),
        services=_distinct(item.service_name for item in items),
        trace_ids=_distinct(item.trace_id for item in items),
        items=list(items),
        truncated=truncated,
    )


async def _logs(store: Store, record_id: str, scope: Scope) -> list[LogItem]:
    condition = Condition(LOGS).seen_by(scope).bearing(record_id)
    sql = _statement("logs", condition, columns=LOG_COLUMNS)
    rows = await store.fetch(sql, condition.parameters | {"limit": MAX_ITEMS + 1})
    return [read_log(row, LogItem) for row in rows]


async def _spans(store: Store, record_id: str, scope: Scope) -> list[SpanItem]:
    condition = Condition(SPANS).seen_by(scope).bearing(record_id)
    sql = _statement("spans", condition, columns=SPAN_COLUMNS)
    rows = await store.fetch(sql, condition.parameters | {"limit": MAX_ITEMS + 1})
    return [read_span(row, _span_item) for row in rows]


def _span_item(*, kind: str, **fields: Any) -> SpanItem:
    return SpanItem(span_kind=kind, **fields)


def _statement(name: str, condition: Condition, *, columns: str) -> str:
    text = Template(queries(__package__, "timeline.sql")[name])
    return text.substitute(condition=condition.sql, columns=columns)


def _end(item: Item) -> datetime:
    """When the thing was over. A log line is written when it is."""
    if isinstance(item, SpanItem):
        return item.timestamp + timedelta(milliseconds=item.duration_ms)
    return item.timestamp


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))
