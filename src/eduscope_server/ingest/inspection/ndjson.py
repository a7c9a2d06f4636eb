"""Our log lines as rows of `logs`."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from eduscope.contract import LEVELS, LOG_FIELDS
from eduscope.privacy import find
from eduscope_server.ingest.inspection.fields import (
    HEADINGS_MAX,
    KNOWN_CHARACTERS_MAX,
    Kept,
    fresh,
    headings,
    identifier,
    keep,
    label,
    people,
    person,
    plans,
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
    *("timestamp", "user_id", "correlation_id", "request_id", "trace_id", "span_id"),
    *("log_level", "service_name", "tenant_id", "environment", "release"),
)
_TRACE_ID = re.compile("[0-9a-f]{32}")
_SPAN_ID = re.compile("[0-9a-f]{16}")
_ARE_DRAWN_IDS = re.compile(
    "(?:[0-9a-f]{32})? (?:[0-9a-f]{32})? (?:[0-9a-f]{32})? (?:[0-9a-f]{16})?"
).fullmatch
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
    """One line as a row. Most of what a line says was said before, so look-ups stand here and calls are rare: a line
    has 12 µs."""
    kept = Kept({}, {}, ["inspected"])
    attributes, marks = kept.attributes, kept.marks
    tenant = line.get("tenant_id")
    texts.tenant_id = tenant_id or (tenant if isinstance(tenant, str) else "")
    for key, value in line.items():
        if key in _COLUMNS:
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
    level, service, tenant, environment, release = headings.get(tuple(words)) or _heading(words)
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


def _heading(words: Sequence[str]) -> tuple[str, ...]:
    """What stands at the head of the lines of one service, remembered together."""
    level, service, tenant, environment, release = words
    made = (
        level if level in LEVELS else "info",
        label(service or "unknown_service"),
        label(tenant),
        label(environment),
        label(release),
    )
    if sum(map(len, words)) <= KNOWN_CHARACTERS_MAX:
        if len(headings) >= HEADINGS_MAX:
            headings.clear()
        headings[tuple(words)] = made
    return made
