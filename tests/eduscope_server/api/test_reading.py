"""The read API as its clients see it: shapes, limits, tenants."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

Client = httpx.AsyncClient
Put = Callable[..., None]
ReaderOf = Callable[[str | None], Awaitable[Client]]
CORRELATION, TRACE = "c" * 32, "a" * 32


def ago(seconds: float) -> datetime:
    """A time before now."""
    return datetime.now(UTC) - timedelta(seconds=seconds)


@pytest.fixture
def told(put_logs: Put, put_spans: Put) -> None:
    """What two tenants did in the last minutes."""
    shared = {"correlation_id": CORRELATION, "trace_id": TRACE, "tenant_id": "t1"}
    put_logs(
        {
            "timestamp": ago(60),
            "log_level": "error",
            "service_name": "courses",
            "message": "Pool exhausted",
            **shared,
        },
        {
            "timestamp": ago(50),
            "log_level": "info",
            "service_name": "tutor",
            "tenant_id": "t2",
            "message": "Answered",
        },
    )
    put_spans(
        {
            "timestamp": ago(61),
            "name": "GET /",
            "kind": "server",
            "service_name": "gateway",
            "span_id": "1" * 16,
        }
        | {"duration_ms": 40, "status": "error", **shared},
        {"timestamp": ago(55), "name": "chat", "kind": "server", "service_name": "tutor", "span_id": "2" * 16}
        | {"duration_ms": 4, "tenant_id": "t2", "trace_id": "b" * 32},
    )


async def get(client: Client, path: str, **parameters: Any) -> Any:
    """The body of a success."""
    answer = await client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.usefixtures("told")
async def test_logs_are_searched_counted_and_paged(admin: Client) -> None:
    body = await get(
        admin, "/api/logs", query="pool level:error", tenant="t1", service="courses", level="error"
    )
    assert [entry["message"] for entry in body["logs"]] == ["Pool exhausted"]
    assert set(body["logs"][0]) == {
        *(
            "timestamp",
            "log_level",
            "service_name",
            "tenant_id",
            "correlation_id",
            "user_id",
            "request_id",
            "trace_id",
        ),
        *(
            "span_id",
            "duration_ms",
            "message",
            "environment",
            "release",
            "received_at",
            "attributes",
            "marks",
        ),
    }
    assert body["logs"][0]["timestamp"].endswith("Z")
    assert await get(admin, "/api/logs/count") == {"count": 2}
    first = await get(admin, "/api/logs", limit=1)
    second = await get(admin, "/api/logs", limit=1, cursor=first["next_cursor"])
    assert [first["logs"][0]["message"], second["logs"][0]["message"]] == ["Answered", "Pool exhausted"]
    assert second["next_cursor"] is None
    histogram = await get(admin, "/api/logs/histogram", buckets=60)
    assert sum(sum(bucket["counts"].values()) for bucket in histogram["buckets"]) == 2
    fields = await get(admin, "/api/logs/fields")
    assert {"name", "class", "description", "values"} == set(fields["fields"][0])


@pytest.mark.usefixtures("told")
async def test_traces_correlations_services_and_errors_are_read(admin: Client) -> None:
    traces = await get(admin, "/api/traces", status="error", min_duration_ms=10)
    assert [(t["trace_id"], t["root_name"]) for t in traces["traces"]] == [(TRACE, "GET /")]
    assert [t["trace_id"] for t in (await get(admin, "/api/traces", status="ok"))["traces"]] == ["b" * 32]
    trace = await get(admin, f"/api/traces/{TRACE.upper()}")
    assert ([s["name"] for s in trace["spans"]], [entry["message"] for entry in trace["logs"]]) == (
        ["GET /"],
        ["Pool exhausted"],
    )
    timeline = await get(admin, f"/api/correlations/{CORRELATION}")
    assert [(item["kind"], item["service_name"]) for item in timeline["items"]] == [
        ("span", "gateway"),
        ("log", "courses"),
    ]
    services = await get(admin, "/api/services")
    assert [s["service_name"] for s in services["services"]] == ["courses", "gateway", "tutor"]
    errors = await get(admin, "/api/errors")
    assert [(e["service_name"], e["message"], e["count"]) for e in errors["errors"]] == [
        ("courses", "Pool exhausted", 1)
    ]


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("query", ["", "tenant:*", "tenant:t2", "tenant:t1 OR tenant:t2", "-tenant:t1"])
async def test_a_reader_of_one_tenant_gets_nothing_of_others(reader_of: ReaderOf, query: str) -> None:
    client = await reader_of("t1")
    logs = (await get(client, "/api/logs", query=query))["logs"]
    traces = (await get(client, "/api/traces", query=query))["traces"]
    assert {entry["tenant_id"] for entry in logs} <= {"t1"}
    assert {trace["trace_id"] for trace in traces} <= {TRACE}
    assert (await get(client, "/api/logs/count", query=query))["count"] == len(logs)


@pytest.mark.usefixtures("told")
async def test_no_parameter_widens_a_reader(reader_of: ReaderOf) -> None:
    client = await reader_of("t1")
    assert (await get(client, "/api/logs", tenant="t2"))["logs"] == []
    assert (await get(client, "/api/services", tenant="t2"))["services"] == []
    assert (await client.get(f"/api/traces/{'b' * 32}")).status_code == 404
    assert [s["service_name"] for s in (await get(client, "/api/services"))["services"]] == [
        "courses",
        "gateway",
    ]
    other = await reader_of("t2")
    assert (await get(other, f"/api/correlations/{CORRELATION}"))["items"] == []
    assert (await get(other, "/api/errors"))["errors"] == []
    fields = (await get(other, "/api/logs/fields"))["fields"]
    assert {v["value"] for f in fields if f["name"] == "tenant_id" for v in f["values"]} == {"t2"}
    whole = await reader_of(None)
    assert (await get(whole, "/api/logs/count")) == {"count": 2}


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/api/logs?limit=0", "limit"),
        ("/api/logs?limit=1001", "limit"),
        ("/api/logs?limit=many", "limit"),
        ("/api/logs?from=yesterday", "from is 'yesterday'"),
        ("/api/logs?to=2026-13-01", "to is '2026-13-01'"),
        ("/api/logs?from=now&to=-1h", "from is later than to"),
        ("/api/logs?cursor=AAAA", "cursor is not one this API gave"),
        ("/api/logs?level=eror", "level is 'eror': there is no level 'eror'"),
        ("/api/logs/histogram?buckets=0", "buckets"),
        ("/api/logs/histogram?buckets=100000", "buckets"),
        ("/api/traces?status=failed", "status is 'failed'"),
        ("/api/traces?min_duration_ms=-1", "min_duration_ms"),
        ("/api/traces?min_duration_ms=nan", "min_duration_ms"),
        ("/api/traces?limit=201", "limit"),
        ("/api/errors?limit=501", "limit"),
        (f"/api/correlations/{'x' * 201}", "id is not one"),
        ("/api/correlations/a%00b", "id is not one"),
    ],
)
async def test_a_parameter_that_cannot_be_used_is_named(admin: Client, path: str, message: str) -> None:
    answer = await admin.get(path)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["code"] == "bad_parameter"
    assert error["message"].startswith(message)


async def test_an_unreadable_query_says_where_and_what_to_write(admin: Client) -> None:
    for path in (
        "/api/logs",
        "/api/logs/count",
        "/api/logs/histogram",
        "/api/logs/tail",
        "/api/traces",
        "/api/errors",
    ):
        answer = await admin.get(path, params={"query": "ok (level:error"})
        assert answer.status_code == 400, path
        assert answer.json() == {
            "error": {
                "code": "unreadable_query",
                "message": "this ( is never closed",
                "hint": "add a ), or put the text in quotes",
                "position": 3,
            }
        }


async def test_answers_that_grow_are_compressed(admin: Client, put_logs: Put) -> None:
    put_logs(*({"timestamp": ago(n), "log_level": "info", "message": "again " * 20} for n in range(50)))
    answer = await admin.get("/api/logs", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.json()["logs"]) == 50
