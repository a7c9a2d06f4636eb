"""Our log lines as rows of `logs`."""

import math
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import msgspec

from eduscope.contract import LEVELS, LOG_FIELDS
from eduscope.privacy import find
from eduscope_server.ingest.inspection.fields import (
    Kept,
    fresh,
    identifier,
    keep,
    label,
    person,
    repeat,
    said,
    text_of,
)
from eduscope_server.ingest.inspection.texts import Texts
from eduscope_server.ingest.inspection.times import Clock
from eduscope_server.privacy.prose import Desk

BATCH_LINES = 1000
"""Their texts are scanned as one: some 100 kB, which is enough for the scan's full speed."""

_COLUMNS = frozenset(f.name for f in LOG_FIELDS)
_TEXTS = (
    *("timestamp", "log_level", "service_name", "correlation_id", "tenant_id", "user_id", "request_id"),
    *("message", "environment", "release", "trace_id", "span_id"),
)
_TRACE_ID = re.compile("[0-9a-f]{32}")
_SPAN_ID = re.compile("[0-9a-f]{16}")
_encode = msgspec.json.Encoder().encode_lines


def line_rows(
    lines: Iterable[dict[str, Any]], tenant_id: str | None, desk: Desk | None = None
) -> Iterator[bytes]:
    """The rows of parsed lines as JSON. `tenant_id` overrides what the lines say (a key bound to a tenant)."""
    fresh()
    waiting = iter(lines)
    while batch := list(islice(waiting, BATCH_LINES)):
        texts, clock = Texts(), Clock()
        rows = [_row(line, tenant_id, texts, clock) for line in batch]
        if desk is not None:
            for line, row in zip(batch, rows, strict=True):
                desk.take(line, row, row["attributes"])
        texts.settle()
        yield _encode(rows)[:-1]


def _row(line: dict[str, Any], tenant_id: str | None, texts: Texts, clock: Clock) -> dict[str, Any]:
    kept = Kept({}, {}, ["inspected"])
    tenant = line.get("tenant_id")
    texts.tenant_id = tenant_id or (tenant if isinstance(tenant, str) else "")
    for key, value in line.items():
        if key not in _COLUMNS and not repeat(key, value, kept):
            keep(key, value, kept, texts)
    # One list, not a call for each of the eleven: a line has 12 µs.
    written = [
        value if value.__class__ is str else "" if value is None else text_of(value)
        for value in map(line.get, _TEXTS)
    ]
    time, level, service, correlation, tenant, user, request, message, environment, release, trace, span = (
        written
    )
    duration = line.get("duration_ms")
    row = {
        "timestamp": clock.of_text(time, kept.marks),
        "log_level": level if level in LEVELS else "info",
        "service_name": label(service or "unknown_service"),
        "correlation_id": identifier(correlation, kept.marks),
        "tenant_id": tenant_id or label(tenant),
        "user_id": person(user),
        "request_id": identifier(request, kept.marks),
        "duration_ms": duration if isinstance(duration, int | float) and math.isfinite(duration) else None,
        "message": "",
        "environment": label(environment),
        "release": label(release),
        "trace_id": trace if _TRACE_ID.fullmatch(trace) else "",
        # A span's id of digits alone may be a card.
        "span_id": span
        if _SPAN_ID.fullmatch(span) and not (span.isdecimal() and find(span, "message"))
        else "",
        "attributes": kept.attributes,
        "measures": kept.measures,
        "marks": kept.marks,
    }
    texts.add(row, "message", message if isinstance(sent := line.get("message"), str | None) else said(sent))
    return row
