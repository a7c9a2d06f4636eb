"""Connections: one address, for SQLAlchemy and for the queue."""

from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from eduscope.database.sqlalchemy import instrument

# Eight processes share an embedded server of 60 connections.
POOL_SIZE = 4
POOL_OVERFLOW = 2
POOL_WAIT_SECONDS = 10
POOL: dict[str, Any] = {
    "pool_size": POOL_SIZE,
    "max_overflow": POOL_OVERFLOW,
    "pool_timeout": POOL_WAIT_SECONDS,
}


def open_engine(address: str) -> AsyncEngine:
    """An observed engine for a `postgresql://…` address, by asyncpg. It connects when it is first used."""
    engine = create_async_engine(_for_driver(address, "asyncpg"), **POOL)
    instrument(engine)
    return engine


def open_plain_engine(address: str) -> Engine:
    """The same for a service of threads, by psycopg."""
    engine = create_engine(_for_driver(address, "psycopg"), **POOL)
    instrument(engine)
    return engine


def _for_driver(address: str, driver: str) -> str:
    return address.replace("postgresql://", f"postgresql+{driver}://", 1)


def sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions whose objects can be read after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False)
