"""What is httpx's own; what holds for every client stands in `test_clients.py`."""

from typing import Any

import httpx
import pytest
from opentelemetry.trace import StatusCode

import eduscope
from eduscope.http.httpx import instrument
from eduscope.testing import Captured


def answer(request: httpx.Request) -> httpx.Response:
    """Tells the headers it got; fails where it is asked to."""
    if request.url.path == "/down":
        raise httpx.ConnectError("no route to anna@school.example")
    status = 404 if request.url.path == "/none" else 200
    return httpx.Response(status, json=dict(request.headers))


async def test_a_call_is_named_by_its_method(seen: Captured) -> None:
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


def test_instrumenting_twice_observes_once(seen: Captured) -> None:
    client = instrument(instrument(httpx.Client(transport=httpx.MockTransport(answer))))
    client.get("http://tutor/")
    assert len(seen.spans) == 1


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
