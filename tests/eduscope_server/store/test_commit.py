"""Group commit, with an insert that the test controls."""

import asyncio
import threading
import time

import pytest

from eduscope_server.store import StoreError, StoreUnavailable, UnreadableBlock
from eduscope_server.store import commit as module
from eduscope_server.store.commit import GroupCommit


class Engine:
    """Records what it is given; refuses blocks with a `!`, and everything while it is away."""

    def __init__(self) -> None:
        self.inserts: list[bytes] = []
        self.open = threading.Event()
        self.open.set()
        self.away = False

    def insert(self, block: bytes) -> None:
        self.open.wait(5)
        if self.away:
            raise StoreUnavailable("away")
        if b"!" in block:
            raise UnreadableBlock("has a !")
        self.inserts.append(block)


async def outcome(commit: GroupCommit, block: bytes) -> StoreError | None:
    try:
        await commit.commit(block)
    except StoreError as error:
        return error
    return None


async def test_blocks_that_wait_together_share_one_insert() -> None:
    engine = Engine()
    commit = GroupCommit(engine.insert, name="test", group_bytes=1000)
    engine.open.clear()
    waiting = [asyncio.create_task(commit.commit(b"%d;" % n)) for n in range(10)]
    await asyncio.sleep(0.05)
    assert not any(task.done() for task in waiting)
    engine.open.set()
    await asyncio.gather(*waiting)
    assert b"".join(engine.inserts) == b"0;1;2;3;4;5;6;7;8;9;"
    assert len(engine.inserts) <= 2
    commit.close()


async def test_a_group_is_bounded_and_a_larger_block_goes_alone() -> None:
    engine = Engine()
    commit = GroupCommit(engine.insert, name="test", group_bytes=10)
    engine.open.clear()
    waiting = [asyncio.create_task(commit.commit(block)) for block in (b"a", b"b" * 6, b"c" * 6, b"d" * 50)]
    await asyncio.sleep(0.05)
    engine.open.set()
    await asyncio.gather(*waiting)
    assert all(len(block) <= 10 or block == b"d" * 50 for block in engine.inserts)
    commit.close()


async def test_an_unreadable_block_fails_alone() -> None:
    engine = Engine()
    commit = GroupCommit(engine.insert, name="test", group_bytes=1000)
    engine.open.clear()
    blocks = [b"a", b"b", b"!", b"c", b"!", b"d"]
    waiting = [asyncio.create_task(outcome(commit, block)) for block in blocks]
    await asyncio.sleep(0.05)
    engine.open.set()
    outcomes = await asyncio.gather(*waiting)
    assert [type(error) for error in outcomes] == [
        type(None), type(None), UnreadableBlock, type(None), UnreadableBlock, type(None)
    ]  # fmt: skip
    assert sorted(b"".join(engine.inserts)) == sorted(b"abcd")
    commit.close()


async def test_while_the_store_is_away_senders_are_told_and_nothing_is_split() -> None:
    engine = Engine()
    engine.away = True
    commit = GroupCommit(engine.insert, name="test", group_bytes=1000)
    with pytest.raises(StoreUnavailable):
        await commit.commit(b"a")
    engine.away = False
    await commit.commit(b"a")
    assert engine.inserts == [b"a"]
    commit.close()


async def test_an_engine_bug_does_not_end_the_thread() -> None:
    blocks: list[bytes] = []

    def insert(block: bytes) -> None:
        blocks.append(block)
        if len(blocks) == 1:
            raise RuntimeError("a bug")

    commit = GroupCommit(insert, name="test", group_bytes=1000)
    with pytest.raises(StoreUnavailable, match="RuntimeError"):
        await commit.commit(b"a")
    await commit.commit(b"b")
    commit.close()


async def test_closing_stores_what_waits_and_takes_nothing_new() -> None:
    engine = Engine()
    commit = GroupCommit(engine.insert, name="test", group_bytes=1000)
    engine.open.clear()
    waiting = asyncio.create_task(commit.commit(b"a"))
    await asyncio.sleep(0.05)
    closing = asyncio.create_task(asyncio.to_thread(commit.close))
    await asyncio.sleep(0.05)
    with pytest.raises(StoreUnavailable, match="stopping"):
        await commit.commit(b"b")
    engine.open.set()
    await asyncio.gather(waiting, closing)
    assert engine.inserts == [b"a"]


async def test_a_sender_that_hangs_up_does_not_disturb_the_others() -> None:
    engine = Engine()
    commit = GroupCommit(engine.insert, name="test", group_bytes=1000)
    engine.open.clear()
    leaving = asyncio.create_task(commit.commit(b"a"))
    staying = asyncio.create_task(commit.commit(b"b"))
    await asyncio.sleep(0.05)
    leaving.cancel()
    engine.open.set()
    await asyncio.wait_for(staying, timeout=5)
    assert b"b" in b"".join(engine.inserts)
    commit.close()


async def test_every_group_is_announced() -> None:
    announced: list[float] = []
    commit = GroupCommit(
        Engine().insert, name="test", group_bytes=10, on_commit=lambda: announced.append(time.monotonic())
    )
    await commit.commit(b"a")
    await commit.commit(b"b")
    commit.close()
    assert len(announced) == 2


class Gathering:
    """A commit whose inserts are counted, under requests that a test says are on their way."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.arriving = 0
        self.commit = GroupCommit(
            lambda block: self.groups.append(len(block)),
            name="gathering",
            group_bytes=1000,
            arriving=lambda: self.arriving,
        )


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commits that would wait for half a minute."""
    monkeypatch.setattr(module, "LINGER_SECONDS", 30.0)
    monkeypatch.setattr(module, "LONGEST_LINGER_SECONDS", 30.0)


@pytest.mark.usefixtures("patient")
async def test_who_comes_alone_does_not_wait() -> None:
    gathering = Gathering()
    await asyncio.wait_for(gathering.commit.commit(b"x"), 10)
    assert gathering.groups == [1]
    gathering.commit.close()


@pytest.mark.usefixtures("patient")
async def test_a_group_waits_for_those_on_their_way() -> None:
    gathering = Gathering()
    gathering.arriving = 2
    first = asyncio.ensure_future(gathering.commit.commit(b"x"))
    await asyncio.sleep(0.05)
    gathering.arriving = 0  # the second is the last
    await asyncio.wait_for(gathering.commit.commit(b"x"), 10)
    await first
    assert gathering.groups == [2]
    gathering.commit.close()


async def test_a_request_that_does_not_come_holds_a_group_up_for_moments_only() -> None:
    gathering = Gathering()
    gathering.arriving = 1
    await asyncio.wait_for(gathering.commit.commit(b"x"), 5)
    assert gathering.groups == [1]
    gathering.commit.close()


async def test_a_full_group_waits_for_nobody() -> None:
    gathering = Gathering()
    gathering.arriving = 1
    await asyncio.gather(*(gathering.commit.commit(b"x" * 600) for _ in range(4)))
    assert max(gathering.groups) <= 1000
    gathering.commit.close()


@pytest.fixture
def distant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commits whose small groups are half a minute apart."""
    monkeypatch.setattr(module, "SPACING_SECONDS", 30.0)


@pytest.mark.usefixtures("distant")
async def test_a_small_group_soon_after_another_waits_for_company() -> None:
    gathering = Gathering()
    await asyncio.wait_for(gathering.commit.commit(b"x"), 10)
    few = [asyncio.ensure_future(gathering.commit.commit(b"x")) for _ in range(module.FEW_BLOCKS - 1)]
    await asyncio.sleep(0.05)
    assert gathering.groups == [1]
    await asyncio.wait_for(gathering.commit.commit(b"x"), 10)
    await asyncio.gather(*few)
    assert gathering.groups == [1, module.FEW_BLOCKS]
    gathering.commit.close()


@pytest.mark.usefixtures("distant")
async def test_large_blocks_and_the_end_do_not_wait_for_company() -> None:
    gathering = Gathering()
    await asyncio.wait_for(gathering.commit.commit(b"x"), 10)
    await asyncio.wait_for(gathering.commit.commit(b"x" * 1000), 10)
    last = asyncio.ensure_future(gathering.commit.commit(b"x"))
    await asyncio.sleep(0.05)
    await asyncio.wait_for(asyncio.to_thread(gathering.commit.close), 10)
    await last
    assert gathering.groups == [1, 1000, 1]
