"""What an exam session is, cached: every exam page asks every few seconds. In Redis where there is one."""

import contextlib
import json
from collections.abc import Callable
from typing import Any, Protocol

import eduscope
from edulearn.model.cache import TtlCache

TTL_SECONDS = 30.0
ENTRIES = 2000
# A cache that is slower than PostgreSQL is none.
ANSWER_SECONDS = 1.0
PREFIX = "edulearn:exam-session:"


class SessionCache(Protocol):
    """Keeps sessions for a while. It may forget at any time, and fails by forgetting."""

    async def get(self, session_id: str) -> dict[str, Any] | None:
        """The session, or None where it is not known."""

    async def put(self, session_id: str, session: dict[str, Any]) -> None:
        """Keeps a session."""

    async def forget(self, session_id: str) -> None:
        """Forgets a session, because it has changed."""

    async def close(self) -> None:
        """Lets go of what is open."""


class InProcess:
    """A cache in this process, for when there is no Redis."""

    def __init__(self) -> None:
        self._kept: TtlCache[dict[str, Any]] = TtlCache(capacity=ENTRIES, ttl_seconds=TTL_SECONDS)

    async def get(self, session_id: str) -> dict[str, Any] | None:
        return self._kept.get(session_id.encode())

    async def put(self, session_id: str, session: dict[str, Any]) -> None:
        self._kept.put(session_id.encode(), session)

    async def forget(self, session_id: str) -> None:
        self._kept.forget(session_id.encode())

    async def close(self) -> None:
        """Holds nothing open."""


class InRedis:
    """A cache in Redis. While Redis is away nothing is known, and everything is asked of PostgreSQL."""

    def __init__(self, client: Any, away: type[Exception]) -> None:
        self._client = client
        self._away = away

    async def get(self, session_id: str) -> dict[str, Any] | None:
        with contextlib.suppress(self._away):
            found = await self._client.get(PREFIX + session_id)
            return None if found is None else dict(json.loads(found))
        return None

    async def put(self, session_id: str, session: dict[str, Any]) -> None:
        with contextlib.suppress(self._away):
            await self._client.set(PREFIX + session_id, json.dumps(session), ex=int(TTL_SECONDS))

    async def forget(self, session_id: str) -> None:
        with contextlib.suppress(self._away):
            await self._client.delete(PREFIX + session_id)

    async def close(self) -> None:
        await self._client.aclose()


class Stale:
    """A cache that does not forget what has changed while `is_on`: chaos. Its entries still grow old."""

    def __init__(self, inner: SessionCache, is_on: Callable[[], bool]) -> None:
        self._inner = inner
        self._is_on = is_on

    async def get(self, session_id: str) -> dict[str, Any] | None:
        return await self._inner.get(session_id)

    async def put(self, session_id: str, session: dict[str, Any]) -> None:
        await self._inner.put(session_id, session)

    async def forget(self, session_id: str) -> None:
        if not self._is_on():
            await self._inner.forget(session_id)

    async def close(self) -> None:
        await self._inner.close()


def open_cache(address: str) -> SessionCache:
    """A cache in the Redis of that address; without one, in this process."""
    if not address:
        return InProcess()
    import redis.asyncio  # noqa: PLC0415 - only where there is a Redis

    client = redis.asyncio.from_url(address, socket_timeout=ANSWER_SECONDS)
    return InRedis(eduscope.database.redis.instrument(client), redis.RedisError)
