"""Connections: one address, for SQLAlchemy and for the queue."""

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from eduscope.database.sqlalchemy import instrument

# Six processes share an embedded server of 60 connections.
POOL_SIZE = 4
POOL_OVERFLOW = 2
POOL_WAIT_SECONDS = 10


def open_engine(address: str) -> AsyncEngine:
    """An observed engine for a `postgresql://…` address, by asyncpg. It connects when it is first used."""
    engine = create_async_engine(
        address.replace("postgresql://", "postgresql+asyncpg://", 1),
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=POOL_WAIT_SECONDS,
    )
    instrument(engine)
    return engine


def sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions whose objects can be read after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False)
