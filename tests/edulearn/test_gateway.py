"""The gateway: sessions, the proxy's borders, and what browsers report."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import httpx
import msgspec
import pytest
from tests.edulearn.conftest import served

from edulearn.launch.tokens import kept_secret
from edulearn.services.caller import VISITOR, Caller
from edulearn.services.gateway import session
from edulearn.services.gateway.app import make_app
from edulearn.services.gateway.telemetry import (
    LARGEST_BODY_BYTES,
    REPORTS_AT_ONCE,
    RateLimit,
    Relay,
    ReportRefused,
    checked,
)
from edulearn.services.serve import instrumented
from edulearn.settings import Settings

KEY = "k" * 32


def report(service: str = "edulearn-web", spans: int = 1) -> bytes:
    """A browser's report of spans."""
    attributes = [{"key": "service.name", "value": {"stringValue": service}}]
    scopes = [{"scope": {"name": "t"}, "spans": [{"name": "page view"}] * spans}]
    return json.dumps(
        {"resourceSpans": [{"resource": {"attributes": attributes}, "scopeSpans": scopes}]}
    ).encode()


class Door(BaseHTTPRequestHandler):
    """A platform that takes everything and remembers it."""

    received: ClassVar[list[tuple[str, str, bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.received.append((self.path, self.headers["authorization"], body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def door() -> Iterator[str]:
    """The address of a platform that takes everything."""
    Door.received.clear()
    server = HTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_session_is_ours_or_nobodys() -> None:
    ada = Caller("riverside-school", "riverside-0a", role="proctor", analytics="granted")
    cookie = session.sign(ada, KEY)
    assert session.read(cookie, KEY) == ada
    assert session.read(cookie.replace("riverside-0a", "riverside-0b"), KEY) == Caller()
    assert session.read(cookie, "other key") == Caller()
    assert session.read(cookie.replace("proctor", "admin"), KEY) == Caller()
    for forged in ("", ":", "a:b:c", "a:b:c:d:e", "é:b:ü"):
        assert session.read(forged, KEY) == Caller()


def test_a_report_of_the_browser_is_taken_as_it_is() -> None:
    assert checked(report(), "traces") == report()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"\xff", 400),
        (b'{"resourceLogs":[]}', 400),
        (b'{"resourceSpans":[{"resource":{"attributes":[{}]},"scopeSpans":[]}]}', 400),
        (b'{"resourceSpans":[{"resource":null,"scopeSpans":[]}]}', 400),
        (b'{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":"x"}]}}]}', 400),
        (report(service="courses"), 403),
        (report(spans=501), 413),
        (b" " * (LARGEST_BODY_BYTES + 1), 413),
        (b"[" * 100_000, 400),
    ],
)
def test_a_report_that_is_not_a_browsers_is_refused(body: bytes, status: int) -> None:
    with pytest.raises(ReportRefused) as refused:
        checked(body, "traces")
    assert refused.value.status == status


def test_a_client_may_report_so_often_and_again_later() -> None:
    limit = RateLimit()
    taken = [limit.allows("a", now_seconds=0.0) for _ in range(int(REPORTS_AT_ONCE) + 5)]
    assert taken.count(True) == REPORTS_AT_ONCE
    assert limit.allows("b", now_seconds=0.0)
    assert limit.allows("a", now_seconds=1.0)


async def test_reports_reach_the_platform_with_its_key(door: str) -> None:
    async with Relay(door, "secret-key") as relay:
        relay.put("traces", report())
    assert Door.received == [("/v1/traces", "Bearer secret-key", report())]
    assert relay.dropped == 0


async def test_while_the_platform_is_away_reports_are_dropped_and_nobody_waits() -> None:
    async with Relay("http://127.0.0.1:1", "key") as relay:
        for _ in range(500):
            relay.put("traces", report())
        await asyncio.sleep(0)
    assert relay.dropped >= 300


async def test_the_page_reports_through_the_gateway(settings: Settings, door: str) -> None:
    pointed = msgspec.structs.replace(settings, endpoint=door, ingest_key="secret-key")
    async with served(make_app(pointed)) as client:
        taken = await client.post("/telemetry/v1/traces", content=report())
        assert taken.status_code == 202
        assert (await client.post("/telemetry/v1/traces", content=report("courses"))).status_code == 403
        assert (await client.post("/telemetry/v1/metrics", content=b"{}")).status_code == 422
        assert (await client.post("/telemetry/v1/traces", content=b"x" * 200_000)).status_code == 413
    assert [path for path, _, _ in Door.received] == ["/v1/traces"]


async def test_a_visitor_decides_nothing_for_the_learner_they_look_around_as(settings: Settings) -> None:
    key = kept_secret(settings.data / "session.key")
    cookie = session.sign(Caller("riverside-school", "riverside-0a", role=VISITOR), key)
    async with served(make_app(settings)) as client:
        client.cookies.set(session.COOKIE, cookie)
        answer = await client.put("/api/consents/proctoring", json={"granted": False})
    assert (answer.status_code, answer.json()["detail"]) == (401, "Sign in to decide that.")


async def test_browsers_are_not_told_the_metrics(settings: Settings) -> None:
    app = instrumented(make_app(settings), serve_metrics=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        assert (await client.get("/metrics")).status_code == 404


@pytest.mark.parametrize(
    "path", ["/api/courses/..", "/api/courses/%3Fids=1", "/api/courses/a%20b", "/api/nothing", "/docs"]
)
async def test_an_address_that_is_none_of_ours_goes_nowhere(settings: Settings, path: str) -> None:
    async with served(make_app(settings)) as client:
        assert (await client.get(path)).status_code == 404


async def test_a_service_that_is_away_is_said_to_be(settings: Settings) -> None:
    async with served(make_app(settings)) as client:
        assert (await client.get("/api/courses")).status_code == 502
        assert (await client.post("/api/session", json={"tenant_id": "riverside-school"})).status_code == 503


async def test_a_body_of_any_size_cannot_fill_the_memory(settings: Settings) -> None:
    async with served(make_app(settings)) as client:
        answer = await client.post("/api/tutor/questions", content=b"x" * 100_000)
    assert answer.status_code == 413
