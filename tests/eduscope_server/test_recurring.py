import asyncio
import logging

import pytest

from eduscope_server.recurring import Recurring


class Away(Exception):
    """A server that does not answer; its words may be told."""


class Work:
    """Fails as told, then does nothing; knows how often it was asked."""

    def __init__(self, *failures: Exception) -> None:
        self.turns = 0
        self._turned = asyncio.Semaphore(0)
        self._failures = list(failures)

    async def __call__(self) -> None:
        self.turns += 1
        self._turned.release()
        if self._failures:
            raise self._failures.pop(0)

    async def wait_for(self, turns: int) -> None:
        """Waits until it was asked so often."""
        async with asyncio.timeout(5):
            for _ in range(turns):
                await self._turned.acquire()


async def test_it_goes_on_until_it_is_stopped() -> None:
    work = Work()
    recurring = Recurring(work, name="count", pause_seconds=0.001, away=())
    recurring.start()
    await work.wait_for(3)
    await recurring.stop()
    turns = work.turns
    await asyncio.sleep(0.01)
    assert work.turns == turns


@pytest.mark.parametrize("at_once", [True, False])
async def test_the_first_turn_is_at_once_where_that_is_wanted(at_once: bool) -> None:
    work = Work()
    recurring = Recurring(work, name="count", pause_seconds=60, away=())
    recurring.start(at_once=at_once)
    await asyncio.sleep(0.01)
    await recurring.stop()
    assert work.turns == at_once


async def test_a_turn_that_fails_is_told_and_does_not_end_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    work = Work(Away("PostgreSQL is away"), ValueError("anna@school.example"))
    recurring = Recurring(work, name="refresh keys", pause_seconds=0.001, away=(Away,))
    with caplog.at_level(logging.WARNING):
        recurring.start()
        await work.wait_for(3)
        await recurring.stop()
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("WARNING", "could not refresh keys, will try again: PostgreSQL is away"),
        ("ERROR", "could not refresh keys, will try again: ValueError"),
    ]


async def test_what_was_never_started_can_be_stopped() -> None:
    await Recurring(Work(), name="count", pause_seconds=1, away=()).stop()
