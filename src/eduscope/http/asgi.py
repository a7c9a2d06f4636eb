"""Middleware for ASGI applications: one correlation id, one span, one line and one count per request.

>>> app = eduscope.http.ASGIMiddleware(app)               # any ASGI application, outside of everything
>>> app.add_middleware(eduscope.http.ASGIMiddleware)      # FastAPI, Starlette
"""

from collections.abc import Awaitable, Callable
from typing import Any

from eduscope import logging, tracing
from eduscope.config import Config
from eduscope.context import Context, enter, leave
from eduscope.counters import counters
from eduscope.http import request as req
from eduscope.http.exchange import CORRELATION_HEADER, Exchange, Receive, Send
from eduscope.http.record import Recorder
from eduscope.lifecycle import running_config
from eduscope.metrics import requests
from eduscope.propagation import inbound

App = Callable[[Any, Any, Any], Awaitable[None]]

FASTAPI_TELEMETRY = "fastapi.telemetry"
"""FastAPI makes server spans of its own, with raw paths, unless its scope has this key. One span is
enough.
"""

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
        self._config: Config | None = None
        self._trust_baggage = True
        self._recorder = Recorder(None)

    async def __call__(self, scope: req.Scope, receive: Receive, send: Send) -> None:
        """Handles one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        config = running_config()
        if config is not self._config:
            self._configure(config)
        exchange = Exchange(scope, send, req.read_headers(scope, self._recorder.wanted))
        if exchange.request_bytes is None:
            receive = exchange.counting(receive)
        context = self._context(exchange)
        # The span is started before the context is entered: it gets the ids with its other attributes, at
        # once.
        span = self._start_span(exchange, context)
        token = enter(context)
        requests.in_progress += 1
        error: BaseException | None = None
        try:
            await self._app(scope, receive, exchange.send)
        except BaseException as raised:
            error = raised
            raise
        finally:
            requests.in_progress -= 1
            self._finish(exchange, context, span, error)
            leave(token)

    def _configure(self, config: Config | None) -> None:
        """Takes over the options; once per `init`, so that the middleware may be made before it."""
        self._config = config
        self._trust_baggage = config is None or config.trust_baggage
        self._recorder = Recorder(config)

    def _context(self, exchange: Exchange) -> Context:
        headers = exchange.headers
        correlation, baggage = headers.get(CORRELATION_HEADER), headers.get(b"baggage")
        context = inbound(
            None if correlation is None else correlation.decode("latin-1"),
            None if baggage is None else baggage.decode("latin-1"),
            trust_baggage=self._trust_baggage,
        )
        exchange.belongs_to(context)
        return context

    def _start_span(self, exchange: Exchange, context: Context) -> Any:
        spans = tracing.active()
        if spans is None:
            return None
        native = exchange.scope.get(FASTAPI_TELEMETRY)
        if native is not None and getattr(native, "span", None) is not None:
            # FastAPI is around us and has made the span already: it gets our ids, and no second one is made.
            native.span.set_attributes(context.attributes())
            return None
        exchange.scope[FASTAPI_TELEMETRY] = None
        headers = exchange.headers
        traceparent = headers.get(b"traceparent", b"").decode("latin-1")
        return spans.server_span(exchange.method, traceparent, req.text(headers.get(b"tracestate", b"")))

    def _finish(self, exchange: Exchange, context: Context, span: Any, error: BaseException | None) -> None:
        """Records what is known now that the request is over: line, span and count. Never raises."""
        duration_ns = exchange.duration_ns()
        status, outcome = exchange.result(error)
        try:
            route = req.route(exchange.scope)
            known = self._recorder.known(exchange, route, status, outcome)
            text, attributes = self._recorder.own(exchange)
            ids = _learned(exchange, context)
            # The line is written while the span is still the current one, so that it carries the span's ids.
            _write_line(known.text + text, ids, duration_ns, status, error)
            requests.observe(exchange.method, route, status, duration_ns / 1e9)
            if span is not None:
                attributes |= known.attributes
                attributes |= context.attributes()
                span.finish(known.span_name, attributes | ids, error, failed=status >= 500)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("asgi")
        finally:
            if span is not None:
                span.end()


def _learned(exchange: Exchange, context: Context) -> dict[str, str]:
    """The tenant and the person bound inside, where they are not the request's own already."""
    learned, ids = exchange.learned, {}
    if learned.tenant_id and learned.tenant_id != context.tenant_id:
        ids["tenant_id"] = learned.tenant_id
    if learned.user_id:
        ids["user_id"] = learned.user_id
    return ids


def _write_line(
    text: str, ids: dict[str, str], duration_ns: int, status: int, error: BaseException | None
) -> None:
    lines = logging.lines()
    failed = status >= 500
    level = ERROR if failed else INFO
    if level < lines.threshold:
        return
    line: dict[str, Any] = {"duration_ms": duration_ns / 1e6}
    if ids:
        line |= ids
    if isinstance(error, Exception):
        line["exc_info"] = error
    lines.write(level, "request failed" if failed else "request handled", line, text)
