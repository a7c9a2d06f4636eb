"""Middleware for ASGI applications: one correlation id, one span, one line and one count per request.

>>> app = eduscope.http.ASGIMiddleware(app)               # any ASGI application, outside of everything
>>> app.add_middleware(eduscope.http.ASGIMiddleware)      # FastAPI, Starlette
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from eduscope import logging, tracing
from eduscope.config import Config
from eduscope.context import Context, Learned, enter, leave
from eduscope.http import request as req
from eduscope.lifecycle import running_config
from eduscope.metrics import requests
from eduscope.propagation import inbound

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

CORRELATION_HEADER = b"x-correlation-id"
DISCONNECTED_STATUS = 499
"""The status recorded when the client went away before the answer began (nginx's number for it)."""

INFO, ERROR = 20, 40


class ASGIMiddleware:
    """Observes the requests of the application it is put around.

    Taken from the caller, checked, or made: the correlation id, which also goes back in the answer, and the
    trace. Recorded: method, route template, status, milliseconds to the last byte, sizes, the client's
    address with its host part hashed, the user agent, and the headers and query parameters that the
    configuration names. An exception is recorded and goes on. Websockets and lifespan pass through.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._configured_for: Config | None = None
        self._wanted = req.KEPT_HEADERS
        self._address_header = b""
        self._trust_baggage = True
        self._recorded_headers: tuple[tuple[bytes, str], ...] = ()
        self._recorded_query: frozenset[str] = frozenset()

    async def __call__(self, scope: req.Scope, receive: Receive, send: Send) -> None:
        """Handles one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        config = running_config()
        if config is not self._configured_for:
            self._configure(config)
        exchange = _Exchange(scope, send, req.read_headers(scope, self._wanted))
        if exchange.request_bytes is None:
            receive = exchange.counting(receive)
        token = enter(self._context(exchange))
        span = self._start_span(exchange)
        requests.in_progress += 1
        error: BaseException | None = None
        try:
            await self._app(scope, receive, exchange.send)
        except BaseException as raised:
            error = raised
            raise
        finally:
            requests.in_progress -= 1
            self._finish(exchange, span, error)
            leave(token)

    def _configure(self, config: Config | None) -> None:
        """Takes over the options; done once per `init`, so that the middleware may be made before it."""
        self._configured_for = config
        if config is None:
            return
        self._trust_baggage = config.trust_baggage
        self._address_header = config.client_address_header.encode()
        self._recorded_headers = tuple(
            (name.encode(), f"http.request.header.{name.replace('-', '_')}") for name in config.record_headers
        )
        self._recorded_query = frozenset(config.record_query)
        self._wanted = req.KEPT_HEADERS | {name for name, _ in self._recorded_headers}
        if self._address_header:
            self._wanted |= {self._address_header}

    def _context(self, exchange: "_Exchange") -> Context:
        headers = exchange.headers
        correlation, baggage = headers.get(CORRELATION_HEADER), headers.get(b"baggage")
        context = inbound(
            None if correlation is None else correlation.decode("latin-1"),
            None if baggage is None else baggage.decode("latin-1"),
            trust_baggage=self._trust_baggage,
        )
        context.learned = exchange.learned
        exchange.context = context
        exchange.answer_header = (CORRELATION_HEADER, context.correlation_id.encode())
        return context

    def _start_span(self, exchange: "_Exchange") -> Any:
        spans = tracing.active()
        if spans is None:
            return None
        headers = exchange.headers
        traceparent = headers.get(b"traceparent", b"")
        if b"tracestate" in headers:
            state = {"traceparent": req.text(traceparent), "tracestate": req.text(headers[b"tracestate"])}
            return spans.server_span(exchange.method, "", lambda: state)
        return spans.server_span(exchange.method, req.text(traceparent))

    def _finish(self, exchange: "_Exchange", span: Any, error: BaseException | None) -> None:
        """Writes what is known now that the request is over: span, line and count."""
        duration_ns = (exchange.ended_ns or time.perf_counter_ns()) - exchange.started_ns
        route = req.route(exchange.scope)
        status, outcome = exchange.result(error)
        fields = self._fields(exchange, route, status, outcome)
        ids = exchange.ids_learned()
        if span is not None:
            # The line is written while the span is still the current one, so that it carries the span's ids.
            self._write_line(fields, ids, duration_ns, status, error)
            span.end(f"{exchange.method} {route}", fields | ids, error, failed=status >= 500)
        else:
            self._write_line(fields, ids, duration_ns, status, error)
        requests.observe(exchange.method, route, status, duration_ns / 1e9)

    def _write_line(
        self,
        fields: dict[str, Any],
        ids: dict[str, str],
        duration_ns: int,
        status: int,
        error: BaseException | None,
    ) -> None:
        failed = status >= 500
        line = {"duration_ms": duration_ns / 1e6, **ids, **fields}
        if isinstance(error, Exception):
            line["exc_info"] = error
        lines = logging.lines()
        level = ERROR if failed else INFO
        if level >= lines.threshold:
            lines.write(level, "request failed" if failed else "request handled", line)

    def _fields(self, exchange: "_Exchange", route: str, status: int, outcome: str) -> dict[str, Any]:
        headers = exchange.headers
        fields: dict[str, Any] = {
            "http.request.method": exchange.method,
            "http.route": route,
            "url.path": route,
            "http.response.status_code": status,
            "http.outcome": outcome,
            "url.scheme": exchange.scope.get("scheme", "http"),
            "network.protocol.version": exchange.scope.get("http_version", ""),
            "http.request.body.size": exchange.request_bytes or 0,
            "http.response.body.size": exchange.response_bytes,
        }
        address = req.client_address(exchange.scope, headers, self._address_header)
        if address:
            fields["client.address"] = address
        agent = headers.get(b"user-agent")
        if agent is not None:
            fields["user_agent.original"] = req.text(agent)
        for name, field in self._recorded_headers:
            if name in headers:
                fields[field] = req.text(headers[name])
        if self._recorded_query:
            fields.update(_recorded_query(exchange.scope, self._recorded_query))
        return fields


def _recorded_query(scope: req.Scope, names: frozenset[str]) -> dict[str, str]:
    query = req.text(scope.get("query_string", b""))
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=None)
    return {f"url.query.{name}": value for name, value in pairs if name.lower() in names}


class _Exchange:
    """One request and its answer, while they pass."""

    __slots__ = (
        "_send", "answer_header", "context", "ended_ns", "headers", "learned", "method", "request_bytes",
        "response_bytes", "scope", "started_ns", "status",
    )  # fmt: skip

    def __init__(self, scope: req.Scope, send: Send, headers: dict[bytes, bytes]) -> None:
        self.started_ns = time.perf_counter_ns()
        self.ended_ns = 0
        self.scope = scope
        self.headers = headers
        self.method = req.method(scope)
        self.request_bytes = req.body_size(headers)
        self.response_bytes = 0
        self.status = 0
        self.learned = Learned()
        self.context: Context
        self.answer_header: tuple[bytes, bytes]
        self._send = send

    async def send(self, message: Message) -> None:
        """Passes a message of the answer on; the correlation id goes with its start."""
        kind = message["type"]
        if kind == "http.response.body":
            self.response_bytes += len(message.get("body", b""))
            await self._send(message)
            if not message.get("more_body", False):
                self.ended_ns = time.perf_counter_ns()
            return
        if kind == "http.response.start":
            self.status = message["status"]
            kept = [h for h in message.get("headers", ()) if h[0].lower() != CORRELATION_HEADER]
            message = {**message, "headers": [*kept, self.answer_header]}
        await self._send(message)

    def counting(self, receive: Receive) -> Receive:
        """`receive`, with the body counted as it comes: its size was not declared."""
        self.request_bytes = 0

        async def counted() -> Message:
            message = await receive()
            self.request_bytes = (self.request_bytes or 0) + len(message.get("body", b""))
            return message

        return counted

    def result(self, error: BaseException | None) -> tuple[int, str]:
        """The status and the outcome, also where no answer was begun."""
        status = self.status
        if error is not None and (status == 0 or isinstance(error, asyncio.CancelledError)):
            if isinstance(error, asyncio.CancelledError):
                return status or DISCONNECTED_STATUS, "disconnected"
            status = 500
        if status == 0:
            return DISCONNECTED_STATUS, "disconnected"
        if status >= 500 or error is not None:
            return status, "server_error"
        return status, "client_error" if status >= 400 else "ok"

    def ids_learned(self) -> dict[str, str]:
        """The tenant and the person bound inside, where the request did not bring them."""
        if not (self.learned.tenant_id or self.learned.user_id):
            return {}
        ids = {"tenant_id": self.learned.tenant_id, "user_id": self.learned.user_id}
        return {name: value for name, value in ids.items() if value}
