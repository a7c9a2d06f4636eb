"""One request and its answer, while they pass through a middleware: what ASGI and WSGI have in common."""

import asyncio
import time
from typing import Any

from eduscope.context import Context, Learned
from eduscope.http import request as req

ANSWER_HEADER = b"x-correlation-id"

DISCONNECTED_STATUS = 499
"""The status recorded where the client went away before an answer began (nginx's number for it)."""

GONE = frozenset({"ClientDisconnect", "ClientDisconnected", "RequestAborted"})
"""How Starlette, uvicorn and Django call the exception that says the client is gone."""


class Exchange:
    """What is known of one request while it runs. An interface's own exchange fills it in."""

    __slots__ = (
        "context", "ended_ns", "headers", "learned", "method", "query", "request_bytes", "response_bytes",
        "scheme", "span", "started_ns", "status", "version", "written",
    )  # fmt: skip

    def __init__(self, method: str, headers: dict[bytes, bytes]) -> None:
        self.started_ns = time.perf_counter_ns()
        self.ended_ns = 0
        """When the last byte of the answer was passed on; 0 until then."""
        self.headers = headers
        self.method = method if method in req.METHODS else req.OTHER_METHOD
        self.scheme = "http"
        self.version = ""
        self.query = b""
        self.request_bytes = req.body_size(headers)
        self.response_bytes = 0
        self.status = 0
        self.learned = Learned()
        self.context: Context
        self.span: Any = None
        self.written = False
        """Whether the line is out and the request counted."""

    def route(self) -> str:
        """The template of the route that took the request; asked after the application ran."""
        raise NotImplementedError

    def peer(self) -> str:
        """The address of the connection's other end."""
        raise NotImplementedError

    def told_error(self) -> BaseException | None:
        """The exception that the framework made an answer of, where it said so."""
        raise NotImplementedError

    def duration_ns(self) -> int:
        """From the call of the application to the last byte of the answer, or to now where there was none."""
        return (self.ended_ns or time.perf_counter_ns()) - self.started_ns

    def result(self, error: BaseException | None) -> tuple[int, str]:
        """The status and the outcome, also where no answer was begun or it broke off."""
        status = self.status
        if error is None and self.ended_ns and 200 <= status < 400:
            return status, "ok"
        if is_gone(error) if error is not None else not self.ended_ns:
            # Starlette answers 500 to nobody.
            return status if 0 < status < 500 else DISCONNECTED_STATUS, "disconnected"
        if error is not None or status >= 500:
            return status if status >= 500 else 500, "server_error"
        return status, "client_error" if status >= 400 else "ok"


class ScopedExchange(Exchange):
    """A request that came by ASGI."""

    __slots__ = ("scope",)

    def __init__(self, scope: req.Scope, method: str, headers: dict[bytes, bytes]) -> None:
        Exchange.__init__(self, method, headers)
        self.scope = scope
        self.scheme = scope.get("scheme") or "http"
        self.version = scope.get("http_version") or ""
        self.query = scope.get("query_string", b"")

    def route(self) -> str:
        """The template of the route."""
        return req.route(self.scope)

    def peer(self) -> str:
        """The address of the connection's other end."""
        client = self.scope.get("client")
        return str(client[0]) if client else ""

    def told_error(self) -> BaseException | None:
        """What the framework's own part for it has left in the scope."""
        error: BaseException | None = self.scope.get(req.TOLD_ERROR)
        return error


def is_gone(error: BaseException) -> bool:
    """Whether an exception says that the client went away."""
    return isinstance(error, asyncio.CancelledError) or type(error).__name__ in GONE
