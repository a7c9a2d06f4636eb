"""Identities, roles, keys and tenants: who is calling, and may they."""

from eduscope_server.access.access import Access
from eduscope_server.access.errors import AccessDenied
from eduscope_server.access.first_keys import ADMIN_TOKEN_FILE, INGEST_KEY_FILE, FirstKey
from eduscope_server.access.records import ApiKey, Identity, IngestKey
from eduscope_server.access.secrets import KEY_PATTERN, is_key, make_key

__all__ = [
    "ADMIN_TOKEN_FILE",
    "INGEST_KEY_FILE",
    "KEY_PATTERN",
    "Access",
    "AccessDenied",
    "ApiKey",
    "FirstKey",
    "Identity",
    "IngestKey",
    "is_key",
    "make_key",
]
