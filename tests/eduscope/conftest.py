"""What tests of the SDK share: recorded lines and spans, a platform on loopback, and an SDK that is off after each."""

import logging
from collections.abc import Iterator

import pytest
from tests.eduscope.local_platform import LocalPlatform

import eduscope
from eduscope.counters import Counters, counters
from eduscope.standard_logging import Handler
from eduscope.testing import Captured, FakeClock, capture, counted_ids


@pytest.fixture
def seen() -> Iterator[Captured]:
    """Everything the SDK records, in memory."""
    with capture(service="courses", release="1.2") as captured:
        yield captured


@pytest.fixture
def clock() -> FakeClock:
    """A clock that moves only when told to."""
    return FakeClock()


@pytest.fixture
def seen_exactly(clock: FakeClock) -> Iterator[Captured]:
    """Everything the SDK records, with the fake clock and counted ids."""
    with capture(service="courses", clock=clock, ids=counted_ids()) as captured:
        yield captured


@pytest.fixture
def platform() -> Iterator[LocalPlatform]:
    """A platform on loopback."""
    server = LocalPlatform()
    yield server
    server.close()


@pytest.fixture
def fresh_counters() -> Counters:
    """The SDK's own counters, at zero."""
    counters.__init__()  # type: ignore[misc]  # the one object that every module holds
    return counters


@pytest.fixture
def stopped() -> Iterator[None]:
    """Shuts the SDK down after the test."""
    yield
    eduscope.shutdown()


@pytest.fixture
def stdlib_lines() -> Iterator[None]:
    """Python's own `logging` writes lines, as after `init`."""
    handler = Handler()
    root = logging.getLogger()
    root.addHandler(handler)
    yield
    root.removeHandler(handler)
