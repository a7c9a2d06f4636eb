"""What only a real server shows: websockets, clients that go away, work that goes on after the answer."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import websockets
from fastapi import BackgroundTasks, FastAPI, Request, WebSocket
from fastapi.responses import StreamingResponse
from opentelemetry.trace import SpanKind, StatusCode
from tests.eduscope.http.served import served
from websockets.sync.client import connect

import eduscope
import eduscope.http
from eduscope import metrics
from eduscope.testing import Captured

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
IDS = {"x-correlation-id": "c" * 8, "traceparent": TRACEPARENT}
log = eduscope.get_logger()


def application() -> FastAPI:
    """A service whose answers take time."""
    app = FastAPI()

    @app.websocket("/rooms/{room}")
    async def room(websocket: WebSocket, room: str) -> None:
        await websocket.accept()
        with eduscope.bind(tenant_id="t1", user_id="anna@school.example"):
            log.info("room entered")
        async for text in websocket.iter_text():
            if text == "fail":
                raise ValueError("no mail for anna@school.example")
            if text == "leave":
                await websocket.close(4000)
                return
            await websocket.send_text(f"{text}é")

    @app.websocket("/closed/{room}")
    async def closed(websocket: WebSocket, room: str) -> None:
        await websocket.close()

    @app.get("/later/{job}")
    async def later(job: str, tasks: BackgroundTasks) -> str:
        async def work() -> None:
            await asyncio.sleep(0.2)
            log.info("done later")
            if job == "bad":
                raise ValueError("no mail for anna@school.example")

        tasks.add_task(work)
        return job

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(30)
        return "never"

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            while True:
                yield b"x" * 65_536
                await asyncio.sleep(0)

        return StreamingResponse(parts())

    @app.post("/upload")
    async def upload(request: Request) -> int:
        return len(await request.body())

    return eduscope.http.fastapi.instrument(app)


def wait_for(found: Callable[[], Any]) -> Any:
    """What is found within five seconds."""
    deadline = time.monotonic() + 5
    while not (value := found()):
        assert time.monotonic() < deadline, "nothing came within 5 s"
        time.sleep(0.01)
    return value


def lines_of(seen: Captured, *beginnings: str) -> list[dict[str, Any]]:
    """The lines whose message begins so."""
    return [line for line in seen.lines if line["message"].startswith(beginnings)]


def test_a_websocket_is_one_line_and_one_span(seen: Captured) -> None:
    with served(application()) as address:
        with connect(f"ws://{address}/rooms/anna?token=secret", additional_headers=IDS) as client:
            assert client.response is not None
            assert client.response.headers["x-correlation-id"] == "c" * 8
            for text in ("a", "bc"):
                client.send(text)
                client.recv()
            time.sleep(0.05)
        (line,) = wait_for(lambda: lines_of(seen, "websocket"))
        entered, _ = seen.lines
    expected = {
        "message": "websocket closed", "log_level": "info", "http.route": "/rooms/{room}", "http.outcome": "ok",
        "http.request.method": "GET", "http.response.status_code": 101, "url.scheme": "ws",
        "websocket.messages_received": 2, "websocket.messages_sent": 2, "websocket.close_code": 1000,
        "http.request.body.size": 3, "http.response.body.size": 7, "correlation_id": "c" * 8, "tenant_id": "t1",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    }  # fmt: skip
    assert {name: line[name] for name in expected} == expected
    assert line["duration_ms"] >= 50
    assert line["user_id"].startswith("usr_")
    assert (entered["correlation_id"], entered["span_id"]) == ("c" * 8, line["span_id"])
    (span,) = seen.spans
    assert (span.name, span.kind) == ("WEBSOCKET /rooms/{room}", SpanKind.SERVER)
    assert span.attributes is not None
    assert span.attributes["websocket.messages_received"] == 2
    written = b"".join(seen.raw) + span.to_json().encode()
    assert b"anna" not in written
    assert b"secret" not in written
    assert 'websocket_connection_duration_seconds_count{http_outcome="ok"' in metrics.text().decode()


@pytest.mark.parametrize(
    ("path", "says", "outcome", "code", "status"),
    [
        ("/rooms/1", "leave", "disconnected", 4000, 101),
        ("/rooms/1", "fail", "server_error", 1011, 101),
        ("/closed/1", "", "client_error", 1000, 403),
        ("/nowhere", "", "client_error", 1000, 403),
    ],
)
def test_how_a_websocket_ended(  # noqa: PLR0917 - a fixture, five columns
    seen: Captured, path: str, says: str, outcome: str, code: int, status: int
) -> None:
    with served(application()) as address:
        with contextlib.suppress(websockets.WebSocketException), connect(f"ws://{address}{path}") as client:
            client.send(says)
            client.recv()
        (line,) = wait_for(lambda: lines_of(seen, "websocket"))
    assert (line["http.outcome"], line["http.response.status_code"]) == (outcome, status)
    if outcome == "server_error":
        assert (line["message"], line["log_level"]) == ("websocket failed", "error")
        assert line["exception.message"] == "no mail for [EMAIL]"
        assert seen.spans[0].status.status_code is StatusCode.ERROR
    else:
        assert line["websocket.close_code"] == code


def test_a_websocket_whose_client_vanishes(seen: Captured) -> None:
    with served(application()) as address:
        client = connect(f"ws://{address}/rooms/1")
        client.socket.shutdown(socket.SHUT_RDWR)
        (line,) = wait_for(lambda: lines_of(seen, "websocket"))
        client.close_socket()
    assert (line["http.outcome"], line["log_level"]) == ("disconnected", "info")
    assert line["websocket.close_code"] in (1005, 1006)


def test_background_work_belongs_to_the_request_and_not_to_its_duration(seen: Captured) -> None:
    with served(application()) as address:
        httpx.get(f"http://{address}/later/good", headers=IDS)
        (request,) = wait_for(lambda: lines_of(seen, "request handled", "request failed"))
        assert not lines_of(seen, "done later"), "the line is written before the work is done"
        (done,) = wait_for(lambda: lines_of(seen, "done later"))
        (span,) = wait_for(lambda: seen.spans)
    assert request["duration_ms"] < 150
    assert {line["correlation_id"] for line in (request, done)} == {"c" * 8}
    assert request["span_id"] == done["span_id"]
    assert span.end_time is not None
    assert span.start_time is not None
    assert (span.end_time - span.start_time) / 1e6 == pytest.approx(request["duration_ms"], abs=1)


def test_background_work_that_fails_is_an_error_of_its_own(seen: Captured, stdlib_lines: None) -> None:
    with served(application()) as address:
        httpx.get(f"http://{address}/later/bad", headers=IDS)
        errors = wait_for(lambda: [one for one in seen.lines if one["log_level"] == "error"])
        assert [one["message"] for one in errors] == ["work after the answer failed"]
    (request,) = lines_of(seen, "request handled", "request failed")
    assert (request["http.response.status_code"], request["http.outcome"]) == (200, "ok")
    assert errors[0]["correlation_id"] == "c" * 8
    assert errors[0]["exception.message"] == "no mail for [EMAIL]"


def test_a_client_that_leaves_before_the_answer(seen: Captured) -> None:
    """uvicorn lets the application finish; the request is cut short where the application listens for it."""

    async def listening(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            while (await receive())["type"] != "http.disconnect":
                pass

    with served(eduscope.http.ASGIMiddleware(listening), lifespan="off") as address:
        with contextlib.suppress(httpx.ReadTimeout):
            httpx.get(f"http://{address}/", timeout=0.1)
        (line,) = wait_for(lambda: lines_of(seen, "request handled", "request failed"))
    assert (line["http.outcome"], line["http.response.status_code"]) == ("disconnected", 499)
    assert line["log_level"] == "info"
    assert seen.spans[0].status.status_code is StatusCode.UNSET


def test_a_client_that_leaves_in_the_middle_of_the_answer(seen: Captured) -> None:
    with served(application()) as address:
        with httpx.stream("GET", f"http://{address}/stream") as answer:
            next(answer.iter_raw())
        (line,) = wait_for(lambda: lines_of(seen, "request handled", "request failed"))
    assert (line["http.outcome"], line["http.response.status_code"]) == ("disconnected", 200)
    assert line["http.response.body.size"] >= 65_536
    assert line["log_level"] == "info"


def test_a_client_that_leaves_in_the_middle_of_its_body(seen: Captured) -> None:
    with served(application()) as address:
        host, _, port = address.partition(":")
        with socket.create_connection((host, int(port))) as client:
            client.sendall(b"POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc")
            time.sleep(0.1)
        (line,) = wait_for(lambda: lines_of(seen, "request handled", "request failed"))
    assert line["http.outcome"] == "disconnected"
    assert line["log_level"] == "info"
    assert "exception.type" not in line


def test_django_by_asgi_says_too_that_a_client_left(seen: Captured) -> None:
    from tests.eduscope.conformance.django_service import make_asgi

    with served(make_asgi(0), lifespan="off") as address:
        with httpx.stream("GET", f"http://{address}/endless") as answer:
            next(answer.iter_raw())
        (line,) = wait_for(lambda: lines_of(seen, "request handled", "request failed"))
    assert (line["http.outcome"], line["http.route"]) == ("disconnected", "/endless")
