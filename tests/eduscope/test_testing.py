import pytest

import eduscope
from eduscope.testing import Captured, FakeClock


def test_ids_are_counted_and_the_clock_stands_still(seen_exactly: Captured, clock: FakeClock) -> None:
    with eduscope.bind(tenant_id="t1"):
        eduscope.get_logger().info("one")
        clock.advance(60)
        eduscope.get_logger().info("two")
    one, two = seen_exactly.lines
    assert one["correlation_id"] == f"{1:032x}"
    assert (one["timestamp"], two["timestamp"]) == (
        "2026-09-21T14:13:20.000000Z",
        "2026-09-21T14:14:20.000000Z",
    )


def test_a_span_that_is_not_there_says_which_are(seen: Captured) -> None:
    with eduscope.tracing.span("grade"):
        pass
    with pytest.raises(KeyError, match="grade"):
        seen.span("other")
    seen.clear()
    assert not seen.spans
