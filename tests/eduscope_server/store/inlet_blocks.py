"""Blocks as each protocol writes them, and the row that one becomes."""

from typing import Any

from tests.ndjson import log_line
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
    """One line of JSON with every mandatory field, said at the time that the other protocols' records say."""
    return log_line(**{"timestamp": NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ")} | fields)


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
