"""Traces: which there were, and everything of one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eduscope_server.query.cursor import TracePlace, read_trace_place, write_place
from eduscope_server.query.fields import SPANS
from eduscope_server.query.question import Question, ask
from eduscope_server.query.scope import EVERY_TENANT, Scope
from eduscope_server.query.times import Window
from eduscope_server.query.traces import TraceReader
from eduscope_server.store import Store

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
DAY = Window(NOON - timedelta(days=1), NOON)
Put = Callable[..., None]


def span(trace: str, seconds_ago: float, name: str = "GET /", **fields: Any) -> dict[str, Any]:
    """A span of a trace, started that many seconds before noon."""
    return {
        "trace_id": trace * 32,
        "span_id": "1" * 16,
        "timestamp": NOON - timedelta(seconds=seconds_ago),
        "name": name,
        "kind": "server",
        "service_name": "gateway",
        "duration_ms": 10,
        "status": "unset",
        **fields,
    }


def about(query: str = "", scope: Scope = EVERY_TENANT) -> Question:
    """A question about spans."""
    return ask(SPANS, window=DAY, scope=scope, query=query)


async def ids(reader: TraceReader, question: Question, *, limit: int = 50, **options: Any) -> list[list[str]]:
    """The first digits of the trace ids on every page."""
    found: list[list[str]] = []
    place: TracePlace | None = None
    while True:
        page = await reader.search(question, limit=limit, after=place, **options)
        found.append([trace.trace_id[0] for trace in page.traces])
        if page.end is None:
            return found
        place = read_trace_place(write_place(page.end))


async def test_a_trace_is_told_by_its_root_in_a_few_words(clean_store: Store, put_spans: Put) -> None:
    put_spans(
        span(
            "a",
            9.99,
            "SELECT",
            parent_span_id="2" * 16,
            service_name="courses",
            duration_ms=5,
            status="error",
        ),
        span("a", 10, "GET /courses", service_name="gateway", duration_ms=30, correlation_id="corr-0001"),
        span("b", 100, "orphan", parent_span_id="3" * 16, duration_ms=1.5),
    )
    page = await TraceReader(clean_store).search(about(), limit=10)
    first, second = page.traces
    assert (first.root_name, first.root_service, first.correlation_id) == (
        "GET /courses",
        "gateway",
        "corr-0001",
    )
    assert (first.span_count, first.error_count, first.services) == (2, 1, ["courses", "gateway"])
    assert first.timestamp == NOON - timedelta(seconds=10)
    assert first.duration_ms == pytest.approx(30)
    assert (second.root_name, second.duration_ms) == ("orphan", 1.5)


async def test_a_trace_is_found_by_any_of_its_spans(clean_store: Store, put_spans: Put) -> None:
    put_spans(
        span("a", 10),
        span("a", 9, "chat", service_name="tutor", parent_span_id="1" * 16, duration_ms=900),
        span("b", 8, service_name="courses", status="error", status_message="pool exhausted"),
        span("c", 7, attributes={"http.route": "/grades"}, measures={"http.response.status_code": 503}),
    )
    reader = TraceReader(clean_store)
    assert await ids(reader, about("service:tutor")) == [["a"]]
    assert await ids(reader, about("duration_ms:>500")) == [["a"]]
    assert await ids(reader, about("service:tutor duration_ms:<500")) == [[]]
    assert await ids(reader, about("status:error")) == [["b"]]
    assert await ids(reader, about("exhausted")) == [["b"]]
    assert await ids(reader, about("http.route:/grades http.response.status_code:>=500")) == [["c"]]
    assert await ids(reader, about(), only_unfailed=True) == [["c", "a"]]


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
async def test_pages_hold_every_trace_once(clean_store: Store, put_spans: Put, limit: int) -> None:
    names = "0123456789abcdef"
    for place, name in enumerate(names):
        # Long traces, tied traces, and traces far apart.
        put_spans(
            span(name, 20_000 - place // 4 * 4_000),
            span(name, 22_000),
            span(name, 19_999 - place // 4 * 4_000),
        )
    found = await ids(TraceReader(clean_store), about(), limit=limit)
    assert [name for page in found for name in page] == sorted(names, reverse=True)
    assert all(len(page) == limit for page in found[:-1])


async def test_one_trace_comes_whole_with_its_logs(clean_store: Store, put_spans: Put, put_logs: Put) -> None:
    put_spans(
        span("a", 9, "child", parent_span_id="1" * 16, duration_ms=2_000),
        span(
            "a",
            10,
            events=[{"timestamp": NOON, "name": "exception", "attributes": {"exception.type": "KeyError"}}],
            links=[{"trace_id": "f" * 32, "span_id": "2" * 16}],
            attributes={"http.route": "/x"},
            measures={"http.response.status_code": 200},
            correlation_id="corr-0001",
        ),
        span("b", 9),
    )
    put_logs({"timestamp": NOON, "log_level": "info", "trace_id": "a" * 32, "message": "in it"})
    trace = await TraceReader(clean_store).read("a" * 32, EVERY_TENANT)
    assert trace is not None
    assert [s.name for s in trace.spans] == ["GET /", "child"]
    assert [entry.message for entry in trace.logs] == ["in it"]
    assert (trace.duration_ms, trace.correlation_id, trace.truncated) == (3_000, "corr-0001", False)
    root = trace.spans[0]
    assert (root.events[0].name, root.events[0].attributes) == ("exception", {"exception.type": "KeyError"})
    assert root.events[0].timestamp == NOON
    assert root.links[0].trace_id == "f" * 32
    assert root.attributes == {"http.route": "/x", "http.response.status_code": 200}


async def test_a_trace_of_other_tenants_does_not_exist(clean_store: Store, put_spans: Put) -> None:
    put_spans(span("a", 10, tenant_id="t1"), span("b", 10, tenant_id="t2"), span("b", 9, tenant_id="t1"))
    reader = TraceReader(clean_store)
    mine = Scope(("t1",))
    assert await ids(reader, about(scope=mine)) == [["b", "a"]]
    page = await reader.search(about(scope=mine), limit=10)
    assert [trace.span_count for trace in page.traces] == [1, 1]
    assert await reader.read("a" * 32, Scope(("t3",))) is None
    seen = await reader.read("b" * 32, mine)
    assert seen is not None
    assert [s.tenant_id for s in seen.spans] == ["t1"]
