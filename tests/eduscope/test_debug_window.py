"""A service that is told of a debug window. The real platform tells it in `tests/integration/test_debug_window.py`."""

import os
import time
from collections.abc import Iterator

import pytest
from tests.eduscope.local_platform import Answer, LocalPlatform

import eduscope
from eduscope import logging
from eduscope.contract.headers import DEBUG_HEADER, DEBUG_SECONDS_MAX
from eduscope.debug_window import DebugWindow
from eduscope.testing import Captured, FakeClock, capture

log = eduscope.get_logger()
BEGAN, ENDED = "debug window began", "debug window ended"


@pytest.fixture
def quiet_seen() -> Iterator[Captured]:
    """What a service in production writes."""
    with capture(environment="production") as captured:
        yield captured


@pytest.fixture
def window(quiet_seen: Captured, clock: FakeClock) -> Iterator[DebugWindow]:
    """A window over its lines, by a clock that moves only when told to."""
    made = DebugWindow(clock=lambda: clock.now_ns / 1e9)
    made.over(logging.lines())
    yield made
    made.end()


def said(seen: Captured) -> list[str]:
    return [line["message"] for line in seen.lines]


def hear(window: DebugWindow, seconds: object) -> None:
    window.heard({DEBUG_HEADER: str(seconds)})


def test_debug_lines_come_while_it_is_open_and_both_ends_are_told(
    window: DebugWindow, quiet_seen: Captured, clock: FakeClock
) -> None:
    log.debug("before")
    hear(window, 60)
    log.debug("inside")
    clock.advance(61)
    window.check()
    log.debug("after")
    assert said(quiet_seen) == [BEGAN, "inside", ENDED]
    assert [line.get("debug.seconds") for line in quiet_seen.lines] == [60, None, 61]
    assert {line["log_level"] for line in quiet_seen.lines if line["message"] in {BEGAN, ENDED}} == {
        "warning"
    }


def test_it_is_prolonged_and_shortened_without_a_word(
    window: DebugWindow, quiet_seen: Captured, clock: FakeClock
) -> None:
    hear(window, 60)
    hear(window, 120)
    clock.advance(90)
    window.check()
    log.debug("still")
    hear(window, 5)
    clock.advance(6)
    window.check()
    assert said(quiet_seen) == [BEGAN, "still", ENDED]


def test_the_platform_may_close_it(window: DebugWindow, quiet_seen: Captured) -> None:
    hear(window, 60)
    hear(window, 0)
    hear(window, 0)
    log.debug("after")
    assert said(quiet_seen) == [BEGAN, ENDED]


@pytest.mark.parametrize("word", ["", "soon", "-5", "1e9", "0x10", "1" * 5000])
def test_a_word_that_makes_no_sense_changes_nothing(
    window: DebugWindow, quiet_seen: Captured, word: str
) -> None:
    hear(window, word)
    window.heard({})
    log.debug("said")
    assert said(quiet_seen) == []


def test_no_word_holds_longer_than_an_hour(
    window: DebugWindow, quiet_seen: Captured, clock: FakeClock
) -> None:
    hear(window, 10 * DEBUG_SECONDS_MAX)
    clock.advance(DEBUG_SECONDS_MAX + 1)
    window.check()
    assert said(quiet_seen) == [BEGAN, ENDED]


def test_in_development_there_is_nothing_to_open(seen: Captured) -> None:
    made = DebugWindow()
    made.over(logging.lines())
    hear(made, 60)
    made.end()
    log.debug("said")
    assert said(seen) == ["said"]


def test_it_ends_by_itself_in_a_service_that_has_nothing_to_say(quiet_seen: Captured) -> None:
    made = DebugWindow()
    made.over(logging.lines())
    hear(made, 1)
    time.sleep(1.3)
    assert said(quiet_seen) == [BEGAN, ENDED]


def test_a_forked_child_ends_it_too(quiet_seen: Captured) -> None:
    made = DebugWindow()
    made.over(logging.lines())
    hear(made, 1)
    child = os.fork()
    if child == 0:
        time.sleep(1.4)
        os._exit(0 if said(quiet_seen)[-1] == ENDED and logging.lines().threshold == 20 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    made.end()


def test_the_service_says_who_it_is_and_takes_the_word_from_the_answer(
    platform: LocalPlatform, stopped: None
) -> None:
    eduscope.init(
        service="courses", environment="production", endpoint=platform.url, stdout=False, tracing=False,
        export_interval_seconds=0.05,
    )  # fmt: skip
    platform.always = Answer(200, {DEBUG_HEADER: "30"})
    log.info("one")
    taken = platform.wait_for(2)
    assert taken[0].headers["eduscope-service"] == "courses"
    assert taken[0].headers["eduscope-environment"] == "production"
    log.debug("two")
    eduscope.shutdown()
    log.debug("three")
    assert [line["message"] for line in platform.lines()] == ["one", BEGAN, "two", ENDED]


def test_a_refusal_is_no_word(platform: LocalPlatform, stopped: None) -> None:
    eduscope.init(
        service="courses", environment="production", endpoint=platform.url, stdout=False, tracing=False,
        export_interval_seconds=0.05,
    )  # fmt: skip
    platform.always = Answer(403, {DEBUG_HEADER: "30"})
    log.info("one")
    platform.wait_for(1)
    eduscope.flush(5)
    assert logging.lines().threshold == 20
