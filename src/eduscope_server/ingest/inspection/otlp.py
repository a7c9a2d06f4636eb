"""OTLP requests, record by record, as rows of `logs` and `spans`."""

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeVar

import msgspec
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from eduscope.contract import SPAN_KINDS
from eduscope_server.ingest.inspection.fields import (
    BATCH_FIELDS,
    Kept,
    fresh,
    identifier,
    keep,
    label,
    person,
    said,
    text_of,
)
from eduscope_server.ingest.inspection.otlp_records import (
    OWN_COLUMNS,
    RESOURCE_COLUMNS,
    Resource,
    level,
    plain,
    values,
    write,
)
from eduscope_server.ingest.inspection.sheet import Sheet
from eduscope_server.ingest.inspection.texts import Texts
from eduscope_server.ingest.inspection.times import Clock
from eduscope_server.ingest.inspection.usual import Writer
from eduscope_server.privacy.prose import Desk

R = TypeVar("R", LogRecord, Span)

_STATUSES = ("unset", "ok", "error")
_encode = msgspec.json.Encoder().encode_lines
BATCH_RECORDS = 1000
"""Their texts are scanned as one: some 100 kB, which is enough for the scan's full speed."""


def log_rows(
    request: ExportLogsServiceRequest, tenant_id: str | None, desk: Desk | None = None
) -> Iterator[bytes]:
    """The rows of a logs request as JSON. `tenant_id` overrides what the records say (a key bound to a tenant)."""
    records = (
        (record, resource)
        for resource_logs in request.resource_logs
        for resource in (Resource(resource_logs.resource.attributes),)
        for scope_logs in resource_logs.scope_logs
        for record in scope_logs.log_records
    )
    while batch := _batch(records):
        fresh()
        shared, sheet = _Batch(tenant_id, Texts(), Clock(), desk), Sheet()
        writer = Writer(sheet, shared.texts, shared.clock, tenant_id)
        for record, resource in batch:
            own = values(record.attributes)
            is_prose = desk is not None and not desk.names.isdisjoint(own)
            if is_prose or not write(record, own, resource, clock=shared.clock, writer=writer):
                sheet.add_row(_log_row(record, own, resource, shared))
        shared.texts.settle()
        yield sheet.encoded()


def span_rows(
    request: ExportTraceServiceRequest, tenant_id: str | None, desk: Desk | None = None
) -> Iterator[bytes]:
    """The rows of a traces request as JSON."""
    records = (
        (record, resource)
        for resource_spans in request.resource_spans
        for resource in (Resource(resource_spans.resource.attributes),)
        for scope_spans in resource_spans.scope_spans
        for record in scope_spans.spans
    )
    while batch := _batch(records):
        fresh()
        shared = _Batch(tenant_id, Texts(), Clock(), desk)
        rows = [_span_row(record, resource, shared) for record, resource in batch]
        shared.texts.settle()
        yield _encode(rows)[:-1]


def _batch(records: Iterator[tuple[R, Resource]]) -> list[tuple[R, Resource]]:
    """The next records: fewer than usual where they have many attributes."""
    batch: list[tuple[R, Resource]] = []
    fields = 0
    for record, resource in islice(records, BATCH_RECORDS):
        batch.append((record, resource))
        fields += len(record.attributes)
        if fields >= BATCH_FIELDS:
            break
    return batch


class _Batch(msgspec.Struct):
    """What the records of one batch share."""

    tenant_id: str | None
    texts: Texts
    clock: Clock
    desk: Desk | None


def _log_row(record: LogRecord, own: dict[str, Any], resource: Resource, batch: _Batch) -> dict[str, Any]:
    kept = Kept({}, {}, ["inspected"])
    body = plain(record.body)
    text = said(body) if body is not None else record.event_name
    row = _common(record.time_unix_nano or record.observed_time_unix_nano, own, resource, batch, kept)
    duration = own.get("duration_ms")
    row |= {
        "log_level": level(record.severity_number),
        "duration_ms": duration if isinstance(duration, int | float) and math.isfinite(duration) else None,
        "message": "",
        "trace_id": _hex(record.trace_id, 16),
        "span_id": _hex(record.span_id, 8),
    }
    if batch.desk:
        batch.desk.take(own, row, kept.attributes)
    batch.texts.add(row, "message", text)
    return row


def _span_row(record: Span, resource: Resource, batch: _Batch) -> dict[str, Any]:
    own = values(record.attributes)
    kept = Kept({}, {}, ["inspected"])
    took_nanos = max(0, record.end_time_unix_nano - record.start_time_unix_nano)
    row = _common(record.start_time_unix_nano, own, resource, batch, kept)
    row |= {
        "trace_id": _hex(record.trace_id, 16),
        "span_id": _hex(record.span_id, 8),
        "parent_span_id": _hex(record.parent_span_id, 8),
        "name": "",
        "kind": SPAN_KINDS[record.kind - 1] if 1 <= record.kind <= len(SPAN_KINDS) else "internal",
        "duration_ms": took_nanos / 1e6,
        "status": _STATUSES[record.status.code] if 0 <= record.status.code < len(_STATUSES) else "unset",
        "status_message": "",
        "events": [_event(event, batch) for event in record.events],
        "links": [{"trace_id": _hex(x.trace_id, 16), "span_id": _hex(x.span_id, 8)} for x in record.links],
    }
    if batch.desk:
        batch.desk.take(own, row, kept.attributes)
        for sent, event in zip(record.events, row["events"], strict=True):
            batch.desk.take(values(sent.attributes), row, event["attributes"])
    batch.texts.add(row, "name", record.name)
    batch.texts.add(row, "status_message", record.status.message)
    return row


def _common(
    unix_nanos: int, own: dict[str, Any], resource: Resource, batch: _Batch, kept: Kept
) -> dict[str, Any]:
    """What logs and spans share; files the attributes into `kept` on the way."""
    sent = text_of(own.get("tenant_id") or resource.tenant)
    batch.texts.tenant_id = batch.tenant_id or sent
    for source, columns in ((resource.values, RESOURCE_COLUMNS), (own, OWN_COLUMNS)):
        for key, value in source.items():
            if key not in columns:
                keep(key, value, kept, batch.texts)
    return {
        "timestamp": batch.clock.of_nanos(unix_nanos, kept.marks),
        "service_name": label(text_of(resource.service)),
        "environment": label(text_of(resource.environment)),
        "release": label(text_of(resource.release)),
        "tenant_id": batch.tenant_id or label(sent),
        "correlation_id": identifier(text_of(own.get("correlation_id") or ""), kept.marks),
        "request_id": identifier(text_of(own.get("request_id") or ""), kept.marks),
        "user_id": person(text_of(own.get("user_id") or "")),
        "attributes": kept.attributes,
        "measures": kept.measures,
        "marks": kept.marks,
    }


def _event(event: Span.Event, batch: _Batch) -> dict[str, Any]:
    kept = Kept({}, {}, [])
    for key, value in values(event.attributes).items():
        keep(key, value, kept, batch.texts)
    kept.attributes.update((key, str(value)) for key, value in kept.measures.items())
    row = {
        "timestamp": batch.clock.of_nanos(event.time_unix_nano, kept.marks),
        "name": "",
        "attributes": kept.attributes,
    }
    batch.texts.add(row, "name", event.name)
    return row


def _hex(value: bytes, wanted_bytes: int) -> str:
    return value.hex() if len(value) == wanted_bytes else ""
