"""ClickHouse: the schema, group commit, and readers."""

from eduscope_server.store.errors import (
    NeedsInspection,
    NotPlain,
    QueryTimeout,
    SchemaError,
    StoreError,
    StoreUnavailable,
    UnreadableBlock,
)
from eduscope_server.store.store import Store, TokenKey

__all__ = [
    "NeedsInspection",
    "NotPlain",
    "QueryTimeout",
    "SchemaError",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "TokenKey",
    "UnreadableBlock",
]
