"""Our log lines as rows of `logs`."""

import math
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from eduscope.privacy import find
from eduscope_server.ingest.inspection.fields import (
    BATCH_FIELDS,
    Kept,
    fresh,
    heading,
    headings,
    identifier,
    keep,
    people,
    person,
    plans,
    said,
    text_of,
)
from eduscope_server.ingest.inspection.shapes import COLUMNS, HEADING
from eduscope_server.ingest.inspection.sheet import Sheet
from eduscope_server.ingest.inspection.texts import Texts
from eduscope_server.ingest.inspection.times import Clock
from eduscope_server.ingest.inspection.usual import Writer
from eduscope_server.privacy.prose import Desk

BATCH_LINES = 1000
"""Their texts are scanned as one: some 100 kB, which is enough for the scan's full speed."""

_TEXTS = (
    *("timestamp", "user_id", "correlation_id", "request_id", "trace_id", "span_id"),
    *HEADING,
)
_TRACE_ID = re.compile("[0-9a-f]{32}")
_SPAN_ID = re.compile("[0-9a-f]{16}")
_ARE_DRAWN_IDS = re.compile(
    "(?:[0-9a-f]{32})? (?:[0-9a-f]{32})? (?:[0-9a-f]{32})? (?:[0-9a-f]{16})?"
).fullmatch


def line_rows(
    lines: Iterable[dict[str, Any]], tenant_id: str | None, desk: Desk | None = None
) -> Iterator[bytes]:
    """The rows of parsed lines as JSON. `tenant_id` overrides what the lines say (a key bound to a tenant)."""
    waiting = iter(lines)
    while (first := next(waiting, None)) is not None:
        fresh()
        fields = 0
        texts, clock, sheet = Texts(), Clock(), Sheet()
        writer = Writer(sheet, texts, clock, tenant_id)
        for line in chain((first,), islice(waiting, BATCH_LINES - 1)):
            is_prose = desk is not None and not desk.names.isdisjoint(line)
            if is_prose or not writer.write_line(line):
                row = _row(line, tenant_id, texts, clock)
                if desk is not None:
                    desk.take(line, row, row["attributes"])
                sheet.add_row(row)
            fields += len(line)
            if fields >= BATCH_FIELDS:
                break
        texts.settle()
        yield sheet.encoded()


def _row(line: dict[str, Any], tenant_id: str | None, texts: Texts, clock: Clock) -> dict[str, Any]:
    """One line as a row, whatever is in it. Most of what a line says was said before, so look-ups stand here and calls
    are rare."""
    kept = Kept({}, {}, ["inspected"])
    attributes, marks = kept.attributes, kept.marks
    tenant = line.get("tenant_id")
    texts.tenant_id = tenant_id or (tenant if isinstance(tenant, str) else "")
    for key, value in line.items():
        if key in COLUMNS:
            continue
        if value.__class__ is str:
            plan = plans[key]
            if known := plan.known.get(value):
                attributes[plan.key] = known
                continue
        keep(key, value, kept, texts)
    # One list, not a call for each.
    written = [
        value if value.__class__ is str else "" if value is None else text_of(value)
        for value in map(line.get, _TEXTS)
    ]
    time, user, correlation, request, trace, span, *words = written
    if span.isdecimal() or not _ARE_DRAWN_IDS(f"{correlation} {request} {trace} {span}"):
        correlation, request = identifier(correlation, marks), identifier(request, marks)
        trace = trace if _TRACE_ID.fullmatch(trace) else ""
        # A span's id of digits alone may be a card.
        span = span if _SPAN_ID.fullmatch(span) and not (span.isdecimal() and find(span, "message")) else ""
    level, service, tenant, environment, release = headings.get(tuple(words)) or heading(words)
    duration = line.get("duration_ms")
    row = {
        "timestamp": clock.of_text(time, marks),
        "log_level": level,
        "service_name": service,
        "correlation_id": correlation,
        "tenant_id": tenant_id or tenant,
        "user_id": people.get(user) or person(user),
        "request_id": request,
        "duration_ms": duration if isinstance(duration, int | float) and math.isfinite(duration) else None,
        "message": "",
        "environment": environment,
        "release": release,
        "trace_id": trace,
        "span_id": span,
        "attributes": attributes,
        "measures": kept.measures,
        "marks": marks,
    }
    said_ = line.get("message")
    texts.add(row, "message", said_ if said_.__class__ is str else "" if said_ is None else said(said_))
    return row
