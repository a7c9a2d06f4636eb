"""The records as readers get them: one flat shape each, text and number attributes together."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec

AttributeValue = str | int | float


class Log(msgspec.Struct, kw_only=True, frozen=True):
    """A log line. Empty text means that the record does not have the field."""

    timestamp: Annotated[datetime, msgspec.Meta(description="When it happened, by the service's clock.")]
    log_level: Annotated[str, msgspec.Meta(description="debug, info, warning, error or critical.")]
    service_name: str
    tenant_id: str
    correlation_id: str
    user_id: Annotated[str, msgspec.Meta(description="A token, never a name.")]
    request_id: str
    trace_id: str
    span_id: str
    duration_ms: float | None
    message: str
    environment: str
    release: str
    received_at: Annotated[datetime, msgspec.Meta(description="When EduScope took it in.")]
    attributes: dict[str, AttributeValue]
    marks: Annotated[list[str], msgspec.Meta(description="What was odd about it, such as a clock far off.")]


class SpanEvent(msgspec.Struct, kw_only=True, frozen=True):
    """Something that happened within a span, such as an exception."""

    timestamp: datetime
    name: str
    attributes: dict[str, str]


class SpanLink(msgspec.Struct, kw_only=True, frozen=True):
    """Another span this one is related to, such as the message that caused it."""

    trace_id: str
    span_id: str


class SpanFields(msgspec.Struct, kw_only=True, frozen=True):
    """What every view of a span has. Its `kind` is left to the view: on a timeline that word means another."""

    trace_id: str
    span_id: str
    parent_span_id: str
    name: str
    service_name: str
    tenant_id: str
    correlation_id: str
    request_id: str
    user_id: str
    timestamp: Annotated[datetime, msgspec.Meta(description="When it started.")]
    duration_ms: float
    status: Annotated[str, msgspec.Meta(description="unset, ok or error.")]
    status_message: str
    environment: str
    release: str
    attributes: dict[str, AttributeValue]
    events: list[SpanEvent]
    links: list[SpanLink]
    marks: list[str]


class Span(SpanFields, kw_only=True, frozen=True):
    """One timed step of a trace, at one service."""

    kind: Annotated[str, msgspec.Meta(description="internal, server, client, producer or consumer.")]


L = TypeVar("L", bound=Log)
S = TypeVar("S", bound=SpanFields)

_MERGED = {"attributes", "measures"}
LOG_COLUMNS = ", ".join((*(f for f in Log.__struct_fields__), "measures"))
SPAN_COLUMNS = ", ".join((*(f for f in Span.__struct_fields__), "measures"))
"""The columns a statement has to select for `read_log` and `read_span`."""


def read_log(row: Mapping[str, Any], into: type[L]) -> L:
    """A log line from a row of `LOG_COLUMNS`, as `Log` or a type made of it."""
    return into(**_plain(row, Log), attributes=_attributes(row))


def read_span(row: Mapping[str, Any], into: Callable[..., S]) -> S:
    """A span from a row of `SPAN_COLUMNS`, made by a view of it such as `Span`."""
    fields = _plain(row, SpanFields)
    fields["events"] = [SpanEvent(**event) for event in row["events"]]
    fields["links"] = [SpanLink(**link) for link in row["links"]]
    return into(**fields, kind=row["kind"], attributes=_attributes(row))


def _plain(row: Mapping[str, Any], record: type[msgspec.Struct]) -> dict[str, Any]:
    return {name: row[name] for name in record.__struct_fields__ if name not in _MERGED}


def _attributes(row: Mapping[str, Any]) -> dict[str, AttributeValue]:
    """Both maps as one; whole numbers as integers, as their sender wrote them."""
    numbers = {key: int(n) if n.is_integer() else n for key, n in row["measures"].items()}
    return {**row["attributes"], **numbers}
