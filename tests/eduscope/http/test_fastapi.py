import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from opentelemetry.trace import SpanKind
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from eduscope import tracing
from eduscope.http import ASGIMiddleware
from eduscope.http.fastapi import instrument
from eduscope.testing import Captured


def application() -> FastAPI:
    """A service that fails."""
    app = FastAPI()

    @app.get("/boom/{id}")
    async def boom(id: str) -> None:  # noqa: A002 - what routes have
        raise ValueError("no mail for anna@school.example")

    return app


def get(app: Any, path: str) -> httpx.Response:
    """One GET request."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.get(path, headers={"x-correlation-id": "c" * 8})

    return asyncio.run(ask())


def test_a_500_that_starlette_answers_has_the_correlation_too(seen: Captured) -> None:
    answer = get(instrument(application()), "/boom/7")
    assert (answer.status_code, answer.headers["x-correlation-id"]) == (500, "c" * 8)
    (line,) = seen.lines
    assert (line["http.route"], line["exception.type"]) == ("/boom/{id}", "ValueError")


def test_an_application_that_has_served_already_can_be_instrumented(seen: Captured) -> None:
    app = application()
    get(app, "/boom/7")
    assert not seen.lines
    get(instrument(app), "/boom/7")
    assert len(seen.lines) == 1


@pytest.mark.parametrize("around", [instrument, ASGIMiddleware])
def test_twice_does_no_more_than_once(seen: Captured, around: Any) -> None:
    get(around(instrument(application())), "/boom/7")
    assert len(seen.lines) == 1
    assert len(seen.spans) == 1


def test_fastapi_s_own_server_spans_are_turned_off(seen: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """It makes them around all middleware, where there is a global provider: after `eduscope.init`."""
    spans = tracing.active()
    assert spans is not None
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", spans.provider)
    get(instrument(application()), "/boom/7")
    (span,) = [span for span in seen.spans if span.kind is SpanKind.SERVER]
    assert span.name == "GET /boom/{id}"


def test_the_application_is_still_one(seen: Captured) -> None:
    """Its test client, its routes, its state."""
    app = instrument(Starlette(routes=[Route("/a/{id}", lambda request: PlainTextResponse("x"))]))
    with TestClient(app) as client:
        assert client.get("/a/1").text == "x"
    assert seen.lines[-1]["http.route"] == "/a/{id}"
