"""A batch that is sent again is stored once."""

import asyncio

import pytest

from eduscope_server.ingest import batches as module
from eduscope_server.ingest.batches import Batches
from eduscope_server.store import StoreUnavailable


class Storing:
    """Counts how often it stored, and fails where it is told to."""

    def __init__(self) -> None:
        self.times = 0
        self.fails = False

    async def __call__(self) -> None:
        await asyncio.sleep(0.001)
        if self.fails:
            raise StoreUnavailable("away")
        self.times += 1


async def test_a_batch_is_stored_once() -> None:
    batches, store = Batches(), Storing()
    assert await batches.once("p", "batch-0001", store)
    assert not await batches.once("p", "batch-0001", store)
    assert await batches.once("p", "batch-0002", store)
    assert await batches.once("q", "batch-0001", store)
    assert store.times == 3


@pytest.mark.parametrize("batch_id", [None, "", "short", "with space", "x" * 65])
async def test_without_a_usable_id_every_batch_is_new(batch_id: str | None) -> None:
    batches, store = Batches(), Storing()
    assert [await batches.once("p", batch_id, store) for _ in range(2)] == [True, True]
    assert store.times == 2


async def test_one_that_comes_again_meanwhile_waits_for_the_first() -> None:
    batches, store = Batches(), Storing()
    assert sorted(await asyncio.gather(*(batches.once("p", "batch-0001", store) for _ in range(5)))) == [
        False,
        False,
        False,
        False,
        True,
    ]
    assert store.times == 1


async def test_one_that_failed_is_stored_when_it_comes_again() -> None:
    batches, store = Batches(), Storing()
    store.fails = True
    outcomes = await asyncio.gather(
        *(batches.once("p", "batch-0001", store) for _ in range(3)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 3
    store.fails = False
    assert await batches.once("p", "batch-0001", store)
    assert store.times == 1


async def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED_MAX", 3)
    batches, store = Batches(), Storing()
    for n in range(10):
        await batches.once("p", f"batch-{n:04}", store)
    assert len(batches._stored) == 3
    assert not await batches.once("p", "batch-0009", store)
