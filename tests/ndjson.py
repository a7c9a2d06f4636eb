"""Log lines of JSON as producers write them."""

import json
from datetime import UTC, datetime
from typing import Any


def log_line(**fields: Any) -> bytes:
    """One line with every mandatory field, said now by `courses`; dotted names go in through `**{…}`."""
    mandatory = {
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "log_level": "info",
        "service_name": "courses",
        "correlation_id": "",
        "tenant_id": "",
        "user_id": "",
        "request_id": "",
        "duration_ms": None,
        "message": "said",
    }
    return json.dumps(mandatory | fields).encode() + b"\n"
