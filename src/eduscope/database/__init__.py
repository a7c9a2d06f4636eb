"""Databases, observed: one module per library, loaded when it is first named."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eduscope.database import asyncpg, psycopg, redis, sqlalchemy

__all__ = ["asyncpg", "psycopg", "redis", "sqlalchemy"]


def __getattr__(name: str) -> Any:
    """Loads the module of a library: a service has one of them."""
    if name in __all__:
        return importlib.import_module(f"eduscope.database.{name}")
    raise AttributeError(f"module 'eduscope.database' has no attribute {name!r}")
