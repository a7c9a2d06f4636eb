from typing import Any

import httpx
import pytest
from opentelemetry.trace import SpanKind, StatusCode

import eduscope
from eduscope.http.httpx import instrument
from eduscope.testing import Captured


def answer(request: httpx.Request) -> httpx.Response:
    """Tells the headers it got; fails where it is asked to."""
    if request.url.path == "/down":
        raise httpx.ConnectError("no route to anna@school.example")
    status = 404 if request.url.path == "/none" else 200
    return httpx.Response(status, json=dict(request.headers))


def test_a_call_carries_the_ids_and_is_a_client_span(seen: Captured) -> None:
    client = instrument(httpx.Client(transport=httpx.MockTransport(answer)))
    with eduscope.bind(tenant_id="t1", user_id="anna", correlation_id="c" * 8):
        got = client.get("http://tutor:8000/ask/anna?q=secret").json()
    span = seen.span("GET tutor")
    assert span.context is not None
    assert got["x-correlation-id"] == "c" * 8
    assert got["traceparent"].startswith(f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-")
    assert "tenant_id=t1" in got["baggage"]
    assert "usr_" not in got["baggage"]
    assert span.kind is SpanKind.CLIENT
    assert span.attributes is not None
    expected = {
        "http.request.method": "GET",
        "server.address": "tutor",
        "server.port": 8000,
        "http.response.status_code": 200,
        "tenant_id": "t1",
    }
    assert {name: span.attributes[name] for name in expected} == expected
    assert "secret" not in span.to_json()


async def test_an_asynchronous_client_does_the_same(seen: Captured) -> None:
    async with instrument(httpx.AsyncClient(transport=httpx.MockTransport(answer))) as client:
        with eduscope.bind(correlation_id="c" * 8):
            got = (await client.post("http://tutor/none", content=b"x")).json()
    assert got["x-correlation-id"] == "c" * 8
    span = seen.span("POST tutor")
    assert span.attributes is not None
    assert (span.status.status_code, span.attributes["error.type"]) == (StatusCode.ERROR, "404")


def test_a_call_that_fails_is_a_failed_span_and_raises(seen: Captured) -> None:
    client = instrument(httpx.Client(transport=httpx.MockTransport(answer)))
    with pytest.raises(httpx.ConnectError):
        client.get("http://tutor/down")
    span = seen.span("GET tutor")
    assert span.attributes is not None
    assert span.attributes["error.type"] == "httpx.ConnectError"
    assert span.status.description == "no route to [EMAIL]"


def test_nothing_is_told_to_other_peoples_services(seen: Captured) -> None:
    client = instrument(httpx.Client(transport=httpx.MockTransport(answer)), propagate=False)
    with eduscope.bind(tenant_id="t1"):
        got = client.get("http://models.example/").json()
    assert not {"x-correlation-id", "traceparent", "baggage"} & set(got)


def test_instrumenting_twice_observes_once(seen: Captured) -> None:
    client = instrument(instrument(httpx.Client(transport=httpx.MockTransport(answer))))
    client.get("http://tutor/")
    assert len(seen.spans) == 1


def test_without_tracing_the_correlation_still_travels() -> None:
    client = instrument(httpx.Client(transport=httpx.MockTransport(answer)))
    with eduscope.bind(correlation_id="c" * 8):
        got: dict[str, Any] = client.get("http://tutor/").json()
    assert got["x-correlation-id"] == "c" * 8
    assert "traceparent" not in got


async def test_a_service_that_calls_a_service_is_one_trace(seen: Captured) -> None:
    from fastapi import FastAPI

    from eduscope.http import ASGIMiddleware

    tutor, gateway = FastAPI(), FastAPI()

    @tutor.get("/ask")
    async def ask() -> str:
        eduscope.get_logger().info("asked")
        return "42"

    inner = instrument(
        httpx.AsyncClient(transport=httpx.ASGITransport(ASGIMiddleware(tutor)), base_url="http://tutor")
    )

    @gateway.get("/tutor")
    async def forward() -> Any:
        with eduscope.bind(tenant_id="t1"):
            return (await inner.get("/ask")).json()

    transport = httpx.ASGITransport(ASGIMiddleware(gateway))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as browser:
        await browser.get("/tutor", headers={"x-correlation-id": "browser-1"})
    assert {line["correlation_id"] for line in seen.lines} == {"browser-1"}
    assert len({line["trace_id"] for line in seen.lines}) == 1
    assert {line["tenant_id"] for line in seen.lines} == {"t1"}
    assert [span.name for span in seen.spans] == ["GET /ask", "GET tutor", "GET /tutor"]
