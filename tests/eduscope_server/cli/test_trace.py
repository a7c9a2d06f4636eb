"""The waterfall."""

from typing import Any

from eduscope_server.cli.trace import in_call_order, waterfall_bar


def span(span_id: str, parent: str = "", at: str = "2026-11-23T10:00:00Z") -> dict[str, Any]:
    """A span with what the order depends on."""
    return {"span_id": span_id, "parent_span_id": parent, "timestamp": at}


def test_each_span_stands_below_its_caller_by_start() -> None:
    spans = [
        span("late", "root", "2026-11-23T10:00:02Z"),
        span("early", "root"),
        span("root"),
        span("leaf", "late"),
    ]
    order = [(depth, found["span_id"]) for depth, found in in_call_order(spans)]
    assert order == [(0, "root"), (1, "early"), (1, "late"), (2, "leaf")]


def test_a_span_whose_caller_was_not_sent_stands_on_top() -> None:
    assert [depth for depth, _ in in_call_order([span("a", "missing")])] == [0]


def test_a_bar_shows_when_something_ran() -> None:
    assert waterfall_bar(50, 50, whole_ms=100, width=4) == "  ██"
    assert waterfall_bar(0, 100, whole_ms=100, width=4) == "████"


def test_what_took_no_time_is_still_seen() -> None:
    assert waterfall_bar(100, 0, whole_ms=100, width=4) == "   █"
    assert waterfall_bar(0, 0, whole_ms=0, width=4) == "████"
