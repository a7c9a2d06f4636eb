"""Live tail: what comes in while someone looks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eduscope_server.query import tail as tails
from eduscope_server.query.expression import EVERYTHING
from eduscope_server.query.fields import LOGS
from eduscope_server.query.language import parse
from eduscope_server.query.scope import EVERY_TENANT, Scope
from eduscope_server.query.tail import Arrived, Dropped, Quiet, Round, Tail, TailFull
from eduscope_server.store import Store

Put = Callable[..., None]


def line(message: str, **fields: Any) -> dict[str, Any]:
    """A line that comes in now."""
    return {"timestamp": datetime.now(UTC), "log_level": "info", "message": message, **fields}


async def collect(rounds: AsyncIterator[Round], wanted: int) -> list[str]:
    """The messages that arrive, until there are enough."""
    found: list[str] = []
    async with asyncio.timeout(20):
        async for part in rounds:
            if isinstance(part, Arrived):
                found += [entry.message for entry in part.logs]
            if len(found) >= wanted:
                return found
    raise AssertionError(f"the tail ended after {found}")


async def settle(rounds: AsyncIterator[Round]) -> list[str]:
    """The messages of the next two rounds."""
    found: list[str] = []
    for _ in range(2):
        part = await anext(rounds)
        if isinstance(part, Arrived):
            found += [entry.message for entry in part.logs]
    return found


async def test_records_that_match_arrive_once_each(clean_store: Store, put_logs: Put) -> None:
    put_logs(line("before"))
    tail = Tail(clean_store)
    rounds = tail.follow(parse("level:error", LOGS), Scope(("t1",)))
    assert isinstance(await anext(rounds), Quiet)
    await settle(rounds)
    put_logs(line("first", log_level="error", tenant_id="t1"), line("debugging", tenant_id="t1"))
    tail.notify()
    assert await collect(rounds, 1) == ["first"]
    put_logs(line("other tenant", log_level="error", tenant_id="t2"))
    put_logs(line("second", log_level="error", tenant_id="t1"))
    assert await collect(rounds, 1) == ["second"]
    assert await settle(rounds) == []
    await rounds.aclose()  # type: ignore[attr-defined]


async def test_a_flood_is_cut_and_what_was_left_out_is_counted(
    clean_store: Store, put_logs: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tails, "MAX_RECORDS_PER_ROUND", 10)
    monkeypatch.setattr(tails, "OVERLAP", timedelta(0))
    tail = Tail(clean_store)
    rounds = tail.follow(EVERYTHING, EVERY_TENANT)
    await anext(rounds)
    put_logs(*(line(f"m{n}") for n in range(35)))
    tail.notify()
    dropped = shown = 0
    async with asyncio.timeout(20):
        async for part in rounds:
            dropped += part.count if isinstance(part, Dropped) else 0
            shown += len(part.logs) if isinstance(part, Arrived) else 0
            if shown:
                break
    assert (dropped, shown) == (25, 10)
    await rounds.aclose()  # type: ignore[attr-defined]


async def test_closing_ends_every_follow(clean_store: Store) -> None:
    tail = Tail(clean_store)
    rounds = tail.follow(EVERYTHING, EVERY_TENANT)
    await anext(rounds)
    tail.close()
    async with asyncio.timeout(5):
        assert [part async for part in rounds if not isinstance(part, Quiet)] == []


async def test_as_many_may_follow_as_the_engine_bears(
    clean_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tails, "MAX_FOLLOWERS", 1)
    tail = Tail(clean_store)
    first = tail.follow(EVERYTHING, EVERY_TENANT)
    await anext(first)
    with pytest.raises(TailFull):
        await anext(tail.follow(EVERYTHING, EVERY_TENANT))
    await first.aclose()  # type: ignore[attr-defined]
    second = tail.follow(EVERYTHING, EVERY_TENANT)
    assert isinstance(await anext(second), Quiet)
    await second.aclose()  # type: ignore[attr-defined]


async def test_who_reads_no_more_keeps_nobody_out(
    clean_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection behind which nobody reads may stay open for as long as it likes."""
    monkeypatch.setattr(tails, "MAX_FOLLOWERS", 1)
    monkeypatch.setattr(tails, "STALLED_SECONDS", 0.0)
    tail = Tail(clean_store)
    stalled = tail.follow(EVERYTHING, EVERY_TENANT)
    await anext(stalled)
    reader = tail.follow(EVERYTHING, EVERY_TENANT)
    assert isinstance(await anext(reader), Quiet)
    assert await anext(stalled)
    for follower in (stalled, reader):
        await follower.aclose()  # type: ignore[attr-defined]
