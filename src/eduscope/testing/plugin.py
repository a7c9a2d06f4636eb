"""The pytest plugin: found by pytest wherever EduScope is installed. It does nothing until a fixture is asked for."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from eduscope.testing.clock import FakeClock, counted_ids

if TYPE_CHECKING:
    from eduscope.testing.captured import Captured


@pytest.fixture
def eduscope_clock() -> FakeClock:
    """The clock of the test's lines and spans; it moves only when told to."""
    return FakeClock()


@pytest.fixture
def eduscope_capture(eduscope_clock: FakeClock) -> "Iterator[Captured]":
    """Everything the test has EduScope record, with a clock that stands still and ids that count.

    A fault of EduScope itself, which a host in production is spared, fails the test at its end.
    """
    from eduscope.testing.capturing import capture  # noqa: PLC0415 - OpenTelemetry is for those who ask

    with capture(clock=eduscope_clock, ids=counted_ids()) as seen:
        yield seen
    if seen.failures:
        pytest.fail(f"EduScope failed inside itself, in these parts: {seen.failures}")
