"""Websockets: one line, one span and one count per connection, from its handshake to its end."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from eduscope import logging, metrics
from eduscope.context import enter, leave
from eduscope.counters import counters
from eduscope.http import request as req
from eduscope.http.exchange import ANSWER_HEADER, ScopedExchange
from eduscope.http.observer import ERROR, INFO, Observer, failure_of, learned_ids

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

NORMAL, GOING_AWAY, NO_CODE, LOST, SERVER_ERROR = 1000, 1001, 1005, 1006, 1011
"""Close codes (RFC 6455, 7.4.1)."""

SWITCHING_PROTOCOLS, REJECTED = 101, 403
"""The status of a handshake that was accepted, and of one that the application closed (ASGI's own choice)."""

_durations = metrics.histogram(
    "websocket_connection_duration_seconds",
    "Websocket connections, from the handshake to the end.",
    labels=("http_route", "http_outcome"),
    buckets=(0.1, 1.0, 10.0, 60.0, 600.0, 3600.0, 14_400.0),
)
_open = metrics.gauge("websocket_open_connections", "Websocket connections open.")


class Conversation(ScopedExchange):
    """One connection: counts its messages and remembers how it ended."""

    __slots__ = ("_receive", "_send", "accepted", "close_code", "received", "sent")

    def __init__(self, scope: req.Scope, receive: Receive, send: Send, headers: dict[bytes, bytes]) -> None:
        ScopedExchange.__init__(self, scope, "GET", headers)
        self.request_bytes = 0
        self.accepted = False
        self.received = 0
        self.sent = 0
        self.close_code = 0
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        """Passes a message of the client on."""
        message = await self._receive()
        if message["type"] == "websocket.receive":
            self.received += 1
            self.request_bytes = (self.request_bytes or 0) + _size(message)
        elif message["type"] == "websocket.disconnect":
            self._ended(message.get("code", NO_CODE))
        return message

    async def send(self, message: Message) -> None:
        """Passes a message of the application on; the answer to the handshake gets the correlation id."""
        kind = message["type"]
        if kind == "websocket.send":
            self.sent += 1
            self.response_bytes += _size(message)
        elif kind == "websocket.accept":
            self.accepted = True
            self.status = SWITCHING_PROTOCOLS
            message = {**message, "headers": self._with_correlation(message)}
        elif kind == "websocket.http.response.start":
            self.status = message["status"]
            message = {**message, "headers": self._with_correlation(message)}
        elif kind == "websocket.close":
            self.status = self.status or REJECTED
            self._ended(message.get("code", NORMAL))
        await self._send(message)

    def outcome(self, error: BaseException | None) -> tuple[int, str]:
        """The status of the handshake, and how the connection ended."""
        status, code = self.status, self.close_code
        if failure_of(error) is not None or code == SERVER_ERROR or status >= 500:
            return status or 500, "server_error"
        if not self.accepted:
            return status or REJECTED, "client_error"
        return status, "ok" if code in (NORMAL, GOING_AWAY) else "disconnected"

    def _with_correlation(self, message: Message) -> list[tuple[bytes, bytes]]:
        return [*message.get("headers", ()), (ANSWER_HEADER, self.context.correlation_id.encode())]

    def _ended(self, code: object) -> None:
        """The first to close says the code."""
        if not self.ended_ns:
            self.ended_ns = time.perf_counter_ns()
            self.close_code = code if isinstance(code, int) else NO_CODE


async def observe(
    app: Callable[..., Awaitable[None]], conversation: Conversation, observer: Observer
) -> None:
    """Runs the application with one connection, and records it."""
    token = enter(conversation.context)
    _open.add()
    error: BaseException | None = None
    try:
        await app(conversation.scope, conversation.receive, conversation.send)
    except BaseException as raised:
        error = raised
        raise
    finally:
        _open.add(by=-1)
        try:
            conversation.learned.end()
            _record(conversation, observer, error)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("websocket")
        finally:
            if conversation.span is not None:
                conversation.span.end()
            leave(token)


def _record(conversation: Conversation, observer: Observer, error: BaseException | None) -> None:
    status, outcome = conversation.outcome(error)
    route = conversation.route()
    known = observer.recorder().known(conversation, route, status, outcome)
    text, attributes = observer.recorder().own(conversation)
    counted = {
        "websocket.messages_received": conversation.received,
        "websocket.messages_sent": conversation.sent,
        "websocket.close_code": conversation.close_code or LOST,
    }
    ids = learned_ids(conversation)
    failure = failure_of(error)
    duration_ns = conversation.duration_ns()
    line: dict[str, Any] = {"duration_ms": duration_ns / 1e6, **counted, **ids}
    if failure is not None:
        line["exc_info"] = failure
    failed = outcome == "server_error"
    message = "websocket failed" if failed else "websocket closed"
    logging.lines().write(ERROR if failed else INFO, message, line, known.text + text)
    _durations.observe((route, outcome), duration_ns / 1e9)
    if conversation.span is not None:
        told = attributes | known.attributes | counted | conversation.context.attributes() | ids
        conversation.span.finish(f"WEBSOCKET {route}", told, failure, failed=failed)


def _size(message: Message) -> int:
    """The bytes of a message; of text as UTF-8 has it."""
    data = message.get("bytes")
    if data is not None:
        return len(data)
    text = message.get("text") or ""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
