"""How ids stand in headers: `x-correlation-id` and W3C baggage, read without trust and written from the
context.
"""

from collections.abc import Mapping
from urllib.parse import quote, unquote

from eduscope.context import (
    BAGGAGE_KEYS,
    CORRELATION_HEADER,
    UNDER_13,
    Context,
    new_id,
)
from eduscope.record_ids import is_correlation_id, is_tenant_id, valid_correlation_id

__all__ = [
    "BAGGAGE_KEYS",
    "CORRELATION_HEADER",
    "baggage_entries",
    "format_baggage",
    "inbound",
    "parse_baggage",
]

BAGGAGE_MAX_CHARS = 8192
BAGGAGE_MAX_ENTRIES = 64
"""W3C Baggage, limits a platform must at least keep; beyond them the rest is not read."""


def inbound(header: str | None, baggage: str | None, *, trust_baggage: bool = True) -> Context:
    """The context of an arriving request or message.

    The correlation id comes from its header, else from baggage, else it is new. Tenant and request come
    from baggage where it is trusted; a request id is made where none came.
    """
    if baggage is None:
        return Context(valid_correlation_id(header), "", "", new_id())
    sent = parse_baggage(baggage)
    if header is None:
        header = sent.get("correlation_id")
    tenant = sent.get("tenant_id", "") if trust_baggage else ""
    request = sent.get("request_id", "") if trust_baggage else ""
    return Context(
        valid_correlation_id(header),
        tenant if is_tenant_id(tenant) else "",
        "",
        request if is_correlation_id(request) else new_id(),
        under_13=trust_baggage and sent.get(UNDER_13) == "true",
    )


def parse_baggage(header: str) -> dict[str, str]:
    """The entries of a W3C baggage header; what does not parse is left out."""
    entries: dict[str, str] = {}
    for member in header[:BAGGAGE_MAX_CHARS].split(",", BAGGAGE_MAX_ENTRIES)[:BAGGAGE_MAX_ENTRIES]:
        key, equals, value = member.partition(";")[0].partition("=")
        if equals and key.strip():
            entries[key.strip()] = unquote(value.strip())
    return entries


def baggage_entries(ids: Context) -> dict[str, str]:
    """The ids that travel. The user's does not: baggage reaches third parties."""
    return {key: value for key, value in ids.attributes().items() if key != "user_id"}


def format_baggage(entries: Mapping[str, str]) -> str:
    """A W3C baggage header."""
    return ",".join(f"{key}={quote(value, safe='')}" for key, value in entries.items())
