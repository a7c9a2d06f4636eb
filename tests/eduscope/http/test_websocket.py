"""Websockets at ASGI's interface: what no client library would send, or show."""

from typing import Any

import pytest
from tests.eduscope.conformance.test_requests import HOSTILE

from eduscope.context import is_correlation_id
from eduscope.http import ASGIMiddleware
from eduscope.testing import Captured


async def connect(
    messages: list[dict[str, Any]], *, headers: Any = (), refuse: bool = False, fail: bool = False
) -> list[dict[str, Any]]:
    """What the server is told by an application that echoes until the end."""
    told: list[dict[str, Any]] = []
    coming = iter(messages)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        if refuse:
            await send({"type": "websocket.http.response.start", "status": 429, "headers": [(b"a", b"b")]})
            await send({"type": "websocket.http.response.body", "body": b"slow down"})
            return
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            if fail:
                raise ValueError("no mail for anna@school.example")
            await send(message | {"type": "websocket.send"})

    async def receive() -> dict[str, Any]:
        return next(coming, {"type": "websocket.disconnect", "code": 1001})

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    scope = {"type": "websocket", "path": "/", "query_string": b"", "headers": list(headers)}
    await ASGIMiddleware(app)(scope, receive, send)  # type: ignore[arg-type]
    return told


START = {"type": "websocket.connect"}


async def test_bytes_and_texts_are_counted_as_they_travel(seen: Captured) -> None:
    received = [
        {"type": "websocket.receive", **data} for data in ({"bytes": b"\x00\xff"}, {"text": "é\ud800"}, {})
    ]
    await connect([START, *received])
    (line,) = seen.lines
    assert (line["http.request.body.size"], line["http.response.body.size"]) == (7, 7)
    assert (line["websocket.messages_received"], line["websocket.messages_sent"]) == (3, 3)
    assert (line["http.outcome"], line["websocket.close_code"]) == ("ok", 1001)


async def test_a_handshake_that_is_refused_with_an_answer(seen: Captured) -> None:
    told = await connect([START], refuse=True)
    (line,) = seen.lines
    assert (line["http.response.status_code"], line["http.outcome"]) == (429, "client_error")
    assert told[0]["headers"] == [(b"a", b"b"), (b"x-correlation-id", line["correlation_id"].encode())]


async def test_an_exception_goes_on_and_is_recorded_sanitised(seen: Captured) -> None:
    with pytest.raises(ValueError, match="anna"):
        await connect([START, {"type": "websocket.receive", "text": "x"}], fail=True)
    (line,) = seen.lines
    assert (line["message"], line["exception.message"]) == ("websocket failed", "no mail for [EMAIL]")


@pytest.mark.parametrize("attack", HOSTILE)
async def test_hostile_headers_harm_nothing(seen: Captured, attack: str) -> None:
    told = await connect([START], headers=HOSTILE[attack])
    (line,) = seen.lines
    assert is_correlation_id(line["correlation_id"])
    assert told[0]["headers"] == [(b"x-correlation-id", line["correlation_id"].encode())]
    assert len(seen.raw[0]) < 10_000
