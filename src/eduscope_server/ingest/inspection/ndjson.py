"""Our log lines, one by one, as rows of `logs`."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from eduscope.contract import LEVELS, LOG_FIELDS
from eduscope_server.ingest.inspection.fields import (
    Kept,
    identifier,
    keep,
    label,
    message_of,
    moment,
    person,
    unix_nanos,
)

_COLUMNS = frozenset(f.name for f in LOG_FIELDS)
_HEX = frozenset("0123456789abcdef")
_encode = msgspec.json.Encoder().encode


def line_rows(lines: Iterable[dict[str, Any]], tenant_id: str | None) -> Iterator[bytes]:
    """The rows of parsed lines as JSON. `tenant_id` overrides what the lines say (a key bound to a tenant)."""
    for line in lines:
        yield _encode(_row(line, tenant_id))


def _row(line: dict[str, Any], tenant_id: str | None) -> dict[str, Any]:
    kept = Kept({}, {}, ["inspected"])
    for key, value in line.items():
        if key not in _COLUMNS:
            keep(key, value, kept)

    def text(name: str) -> str:
        value = line.get(name)
        return (
            value if isinstance(value, str) else "" if value is None else msgspec.json.encode(value).decode()
        )

    duration = line.get("duration_ms")
    level = text("log_level")
    return {
        "timestamp": moment(unix_nanos(text("timestamp")), kept.marks),
        "log_level": level if level in LEVELS else "info",
        "service_name": label(text("service_name") or "unknown_service"),
        "correlation_id": identifier(text("correlation_id"), kept.marks),
        "tenant_id": tenant_id or label(text("tenant_id")),
        "user_id": person(text("user_id")),
        "request_id": identifier(text("request_id"), kept.marks),
        "duration_ms": duration if isinstance(duration, int | float) and math.isfinite(duration) else None,
        "message": message_of(text("message")),
        "environment": label(text("environment")),
        "release": label(text("release")),
        "trace_id": _hex(text("trace_id"), 32),
        "span_id": _hex(text("span_id"), 16),
        "attributes": kept.attributes,
        "measures": kept.measures,
        "marks": kept.marks,
    }


def _hex(value: str, length: int) -> str:
    return value if len(value) == length and _HEX.issuperset(value) else ""
