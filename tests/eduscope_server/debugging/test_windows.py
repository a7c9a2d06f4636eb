"""Debug windows on a real PostgreSQL."""

import pytest

from eduscope_server.debugging import DebugWindow, DebugWindows, Opening
from eduscope_server.state import State, StateUnavailable
from eduscope_server.store import StoreUnavailable

WANTED = Opening(service_name="courses", environment="production", minutes=10, reason="grades are late")


class Record:
    """What was put on record."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str]] = []
        self.is_away = False

    async def __call__(self, event: str, window: DebugWindow, by: str) -> None:
        if self.is_away:
            raise StoreUnavailable("the store is away")
        self.told.append((event, window.service_name, by))


@pytest.fixture
def record() -> Record:
    return Record()


@pytest.fixture
def now() -> list[float]:
    """The time of the platform's clock; a test sets it."""
    return [1000.0]


@pytest.fixture
def windows(state: State, record: Record, now: list[float]) -> DebugWindows:
    return DebugWindows(state, tell=record, clock=lambda: now[0])


async def test_a_window_is_known_until_its_end(
    windows: DebugWindows, record: Record, now: list[float]
) -> None:
    window = await windows.open(WANTED, by="admin")
    assert (window.ends_at - window.opened_at).total_seconds() == 600
    assert 595 <= windows.seconds_left("courses", "production") <= 600
    assert windows.seconds_left("courses", "staging") == 0
    assert windows.seconds_left("tutor", "production") == 0
    now[0] += 601
    assert windows.seconds_left("courses", "production") == 0
    assert record.told == [("debug window opened", "courses", "admin")]


async def test_a_window_may_be_closed_once(windows: DebugWindows, record: Record) -> None:
    window = await windows.open(WANTED, by="admin")
    assert await windows.close(window.window_id, by="bob")
    assert not await windows.close(window.window_id, by="bob")
    assert windows.seconds_left("courses", "production") == 0
    assert [event for event, *_ in record.told] == ["debug window opened", "debug window closed"]
    (listed,) = await windows.list()
    assert (listed.closed_by, listed.seconds_left) == ("bob", 0)


async def test_the_longest_of_several_counts(windows: DebugWindows) -> None:
    await windows.open(WANTED, by="admin")
    longer = await windows.open(
        Opening(service_name="courses", environment="production", minutes=60, reason="again"), by="admin"
    )
    assert windows.seconds_left("courses", "production") > 3500
    await windows.close(longer.window_id, by="admin")
    assert 0 < windows.seconds_left("courses", "production") <= 600


async def test_one_that_cannot_be_put_on_record_is_not_open(windows: DebugWindows, record: Record) -> None:
    record.is_away = True
    with pytest.raises(StoreUnavailable):
        await windows.open(WANTED, by="admin")
    await windows.refresh()
    assert windows.seconds_left("courses", "production") == 0
    (listed,) = await windows.list()
    assert listed.closed_at is not None


async def test_a_window_of_another_platform_is_seen(windows: DebugWindows, state: State) -> None:
    other = DebugWindows(state)
    await other.open(WANTED, by="admin")
    assert windows.seconds_left("courses", "production") == 0
    await windows.start()
    assert windows.seconds_left("courses", "production") > 0
    await windows.stop()


async def test_while_postgresql_is_away_what_was_open_stays_open(
    windows: DebugWindows, state: State, now: list[float]
) -> None:
    await windows.open(WANTED, by="admin")
    await state.close()
    with pytest.raises(StateUnavailable):
        await windows.refresh()
    now[0] += 60
    assert 530 <= windows.seconds_left("courses", "production") <= 540


async def test_postgresql_itself_refuses_more_than_an_hour(windows: DebugWindows) -> None:
    import psycopg

    too_long = Opening(service_name="courses", environment="production", minutes=61, reason="long")
    with pytest.raises(psycopg.errors.CheckViolation):
        await windows.open(too_long, by="admin")
