"""Blocks as each protocol writes them, and the row that one becomes."""

import json
from typing import Any

from tests.otlp import NOW, log_request, span_request

from eduscope.privacy import KeyRing
from eduscope_server.store import Store

RING = KeyRing([("k1", b"0" * 32)])
"""The ring of the `store` fixture."""

TOKEN = "usr_k1_abcdefghijklmnopqrstuvwxyz"
TRACE = bytes(range(16))
SPAN = bytes(range(8))
INLETS = ("otlp_logs", "otlp_spans", "ndjson")


def line(**fields: Any) -> bytes:
    """One NDJSON line with every mandatory field; dotted names go in through `**{…}`."""
    mandatory = {
        "timestamp": NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
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


def block(inlet: str, attributes: dict[str, Any]) -> bytes:
    """One record with these attributes, as the inlet's protocol writes it."""
    match inlet:
        case "otlp_logs":
            return log_request(attributes)
        case "otlp_spans":
            return span_request(attributes)
    return line(**attributes)


def stored(store: Store, inlet: str, *blocks: bytes) -> dict[str, Any]:
    """The one row that the blocks became."""
    store.insert(inlet, b"".join(blocks))
    table = "spans" if inlet == "otlp_spans" else "logs"
    (row,) = store.select(f"SELECT * FROM eduscope.{table}")
    return row
