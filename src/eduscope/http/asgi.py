"""Middleware for ASGI applications: one correlation id, one span, one line and one count per request.

>>> app = eduscope.http.ASGIMiddleware(app)               # any ASGI application, outside of everything
>>> app.add_middleware(eduscope.http.ASGIMiddleware)      # FastAPI, Starlette
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from eduscope.context import Context, enter, leave
from eduscope.counters import counters
from eduscope.http import lifespan
from eduscope.http import request as req
from eduscope.http.exchange import ANSWER_HEADER, ScopedExchange
from eduscope.http.observer import Observer
from eduscope.http.websocket import Conversation, observe
from eduscope.metrics import requests

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

FASTAPI_TELEMETRY = "fastapi.telemetry"
"""FastAPI makes server spans of its own, with raw paths, unless its scope has this key. One span is
enough.
"""


class ASGIMiddleware:
    """Observes the requests of the application it is put around.

    Taken from the caller, checked, or made: the correlation id, which also goes back in the answer, and the
    trace. Recorded: method, route template, status, milliseconds to the last byte, sizes, the client's
    address with its host part hashed, the user agent, and the headers and query parameters that the
    configuration names. An exception is recorded and goes on. A websocket is one line and one span from its
    handshake to its end. Lifespan passes through, and at its end what waits is sent. Inside of another one, it does
    nothing.

    `has_lifespan=False` for an application that refuses lifespan: it is then answered here.
    """

    def __init__(self, app: App, *, has_lifespan: bool = True) -> None:
        self._app = app
        self._observer = Observer("asgi")
        self._lifespan = app if has_lifespan else lifespan.nothing_of_its_own

    async def __call__(self, scope: req.Scope, receive: Receive, send: Send) -> None:
        """Handles one ASGI connection."""
        kind = scope["type"]
        if req.OBSERVED in scope:
            await self._app(scope, receive, send)
        elif kind == "http":
            await self._request(scope, receive, send)
        elif kind == "websocket":
            await self._connection(scope, receive, send)
        elif kind == "lifespan":
            await lifespan.observe(self._lifespan, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: req.Scope, receive: Receive, send: Send) -> None:
        observer = self._observer
        try:
            scope[req.OBSERVED] = True
            headers = req.read_headers(scope, observer.recorder().wanted)
            exchange = ASGIExchange(scope, send, headers, observer)
            # The span is started before the context is entered: it gets the ids with its other attributes, at
            # once.
            if not _joined(scope, observer.context(exchange)):
                observer.start_span(exchange)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("asgi")
            await self._app(scope, receive, send)
            return
        if exchange.request_bytes is None:
            receive = exchange.counting(receive)
        token = enter(exchange.context)
        requests.in_progress += 1
        error: BaseException | None = None
        try:
            await self._app(scope, receive, exchange.send)
        except BaseException as raised:
            error = raised
            raise
        finally:
            requests.in_progress -= 1
            observer.end(exchange, error)
            leave(token)

    async def _connection(self, scope: req.Scope, receive: Receive, send: Send) -> None:
        observer = self._observer
        try:
            scope[req.OBSERVED] = True
            headers = req.read_headers(scope, observer.recorder().wanted)
            conversation = Conversation(scope, receive, send, headers)
            if not _joined(scope, observer.context(conversation)):
                observer.start_span(conversation)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("asgi")
            await self._app(scope, receive, send)
            return
        await observe(self._app, conversation, observer)


def _joined(scope: req.Scope, context: Context) -> bool:
    """Whether FastAPI is around us and has made the span already: it gets our ids, and no second one is made."""
    native = scope.get(FASTAPI_TELEMETRY)
    if native is not None and getattr(native, "span", None) is not None:
        native.span.set_attributes(context.attributes())
        return True
    scope[FASTAPI_TELEMETRY] = None
    return False


class ASGIExchange(ScopedExchange):
    """Counts what passes and puts the correlation id into the answer."""

    __slots__ = ("_answer_headers", "_observer", "_send")

    def __init__(self, scope: req.Scope, send: Send, headers: dict[bytes, bytes], observer: Observer) -> None:
        ScopedExchange.__init__(self, scope, scope.get("method", ""), headers)
        self._send = send
        self._answer_headers: list[tuple[bytes, bytes]] = []
        self._observer = observer

    async def send(self, message: Message) -> None:
        """Passes a message of the answer on."""
        kind = message["type"]
        if kind == "http.response.body":
            body = message.get("body")
            if body:
                self.response_bytes += len(body)
            await self._send(message)
            if not message.get("more_body", False):
                self._answered()
            return
        if kind == "http.response.start":
            self.status = message["status"]
            headers = [h for h in message.get("headers", ()) if h[0] != ANSWER_HEADER]
            headers.append((ANSWER_HEADER, self.context.correlation_id.encode()))
            message = {**message, "headers": headers}
            self._answer_headers = headers
        elif kind == "http.response.pathsend":
            # The server sends a file itself; its size stands in the headers alone.
            await self._send(message)
            self.response_bytes = req.body_size(dict(self._answer_headers)) or 0
            self._answered()
            return
        await self._send(message)

    def counting(self, receive: Receive) -> Receive:
        """`receive`, with the body counted as it comes, where its size was not declared."""
        self.request_bytes = 0

        async def counted() -> Message:
            message = await receive()
            self.request_bytes = (self.request_bytes or 0) + len(message.get("body", b""))
            return message

        return counted

    def _answered(self) -> None:
        """The last byte is out: the line is written now, whatever goes on in the background.

        Not so after a failure: the framework answers first and raises afterwards.
        """
        self.ended_ns = time.perf_counter_ns()
        if self.status < 500:
            self._observer.record(self, None)
