"""Middleware for WSGI applications: the same as for ASGI, around a call and the iterator it gives.

>>> application = eduscope.http.WSGIMiddleware(application)      # any WSGI application, outside of everything
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import Context as Variables
from contextvars import copy_context
from types import TracebackType
from typing import Any

from eduscope.context import enter
from eduscope.counters import counters
from eduscope.http import request as req
from eduscope.http.exchange import Exchange
from eduscope.http.observer import Observer
from eduscope.http.templates import of_werkzeug
from eduscope.metrics import requests

Environ = dict[str, Any]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
StartResponse = Callable[..., Callable[[bytes], object]]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

ANSWER_HEADER = "X-Correlation-ID"


class WSGIMiddleware:
    """Observes the requests of the application it is put around; what is recorded is what `ASGIMiddleware` records.

    The request lasts until the last part of the answer was taken, or `close` was called. The application, its
    iterator and its `close` run in a copy of the thread's context, so that a request's ids and span stay its own
    whatever the server does in between.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._observer = Observer("wsgi")

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Handles one request."""
        if req.OBSERVED in environ:
            return self._app(environ, start_response)
        try:
            environ[req.OBSERVED] = True
            exchange = WSGIExchange(environ, start_response, self._observer)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("wsgi")
            return self._app(environ, start_response)
        requests.in_progress += 1
        try:
            return exchange.run(self._app)
        except BaseException as error:
            exchange.end(error)
            raise


class WSGIExchange(Exchange):
    """Counts what passes and puts the correlation id into the answer."""

    __slots__ = ("_declared_bytes", "_observer", "_start_response", "_variables", "environ", "mounted_at")

    def __init__(self, environ: Environ, start_response: StartResponse, observer: Observer) -> None:
        headers = read_headers(environ, observer.recorder().wanted)
        Exchange.__init__(self, environ.get("REQUEST_METHOD", ""), headers)
        self.environ = environ
        self.scheme = environ.get("wsgi.url_scheme") or "http"
        self.version = environ.get("SERVER_PROTOCOL", "").removeprefix("HTTP/")
        self.query = environ.get("QUERY_STRING", "").encode("latin-1", "replace")
        self.mounted_at: str = environ.get("SCRIPT_NAME", "")
        self._start_response = start_response
        self._observer = observer
        self._declared_bytes = -1
        self._variables: Variables = copy_context()
        if self.request_bytes is None:
            self.request_bytes = 0
            environ["wsgi.input"] = _CountedInput(environ["wsgi.input"], self)
        self._variables.run(self._begin)

    def _begin(self) -> None:
        self._observer.context(self)
        self._observer.start_span(self)
        enter(self.context)

    def run(self, app: App) -> "Answer":
        """Calls the application."""
        return Answer(self, self._variables.run(app, self.environ, self.start))

    def inside(self, call: Callable[..., Any], *args: Any) -> Any:
        """Calls something of the application in the request's context."""
        return self._variables.run(call, *args)

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], object]:
        """WSGI's `start_response`, for the application."""
        code = status[:3]
        self.status = int(code) if code.isdecimal() and code.isascii() else 0
        self._note_route()
        sent = [pair for pair in headers if pair[0].lower() != "x-correlation-id"]
        sent.append((ANSWER_HEADER, self.context.correlation_id))
        self._declared_bytes = _content_length(headers)
        # A server that knows no `exc_info` is not asked to.
        write = self._start_response(status, sent, *(() if exc_info is None else (exc_info,)))

        def counted(part: bytes) -> object:
            self.response_bytes += len(part)
            return write(part)

        return counted

    def is_complete(self) -> bool:
        """Whether everything the answer declared has been taken, though its end was not asked for."""
        return self.method == "HEAD" or 0 <= self._declared_bytes <= self.response_bytes

    def end(self, error: BaseException | None) -> None:
        """Records the request; the second time does nothing."""
        if self.written:
            return
        requests.in_progress -= 1
        try:
            self._variables.run(self._observer.end, self, error)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("wsgi")

    def route(self) -> str:
        """The template of the route, the path of a mounted application in front."""
        environ = self.environ
        template: str = environ.get(req.NOTED_ROUTE) or req.UNMATCHED
        mounted: str = environ.get("SCRIPT_NAME", "").removeprefix(self.mounted_at)
        return mounted + template

    def _note_route(self) -> None:
        """Notes the route while the answer begins: Flask takes its request away at the end."""
        try:
            rule = of_werkzeug(self.environ)
            if rule:
                self.environ[req.NOTED_ROUTE] = rule
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("wsgi")

    def peer(self) -> str:
        """The address of the connection's other end."""
        return str(self.environ.get("REMOTE_ADDR") or "")

    def told_error(self) -> BaseException | None:
        """What the framework's own part for it has left in the environ."""
        error: BaseException | None = self.environ.get(req.TOLD_ERROR)
        return error


class Answer:
    """The parts of an answer on their way to the server."""

    __slots__ = ("_exchange", "_parts", "_source")

    def __init__(self, exchange: WSGIExchange, source: Iterable[bytes]) -> None:
        self._exchange = exchange
        self._source = source
        self._parts: Iterator[bytes] | None = None

    def __iter__(self) -> "Answer":
        return self

    def __next__(self) -> bytes:
        exchange = self._exchange
        try:
            if self._parts is None:
                self._parts = exchange.inside(iter, self._source)
            part: bytes = exchange.inside(next, self._parts)
        except StopIteration:
            exchange.ended_ns = exchange.ended_ns or time.perf_counter_ns()
            raise
        except BaseException as error:
            exchange.end(error)
            raise
        exchange.response_bytes += len(part)
        return part

    def close(self) -> None:
        """The server is done with the answer, or gives it up."""
        exchange = self._exchange
        if not exchange.ended_ns and exchange.is_complete():
            exchange.ended_ns = time.perf_counter_ns()
        try:
            close = getattr(self._source, "close", None)
            if close is not None:
                exchange.inside(close)
        except BaseException as error:
            exchange.end(error)
            raise
        exchange.end(None)


class _CountedInput:
    """A request's body that says no size: counted as it is read."""

    def __init__(self, inner: Any, exchange: WSGIExchange) -> None:
        self._inner = inner
        self._exchange = exchange

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __iter__(self) -> Iterator[bytes]:
        return (self._counted(line) for line in self._inner)

    def read(self, *size: int) -> bytes:
        """Reads the body."""
        return self._counted(self._inner.read(*size))

    def readline(self, *size: int) -> bytes:
        """Reads one line of it."""
        return self._counted(self._inner.readline(*size))

    def readlines(self, *hint: int) -> list[bytes]:
        """Reads its lines."""
        return [self._counted(line) for line in self._inner.readlines(*hint)]

    def _counted(self, data: bytes) -> bytes:
        self._exchange.request_bytes = (self._exchange.request_bytes or 0) + len(data)
        return data


def read_headers(environ: Environ, wanted: frozenset[bytes]) -> dict[bytes, bytes]:
    """The wanted headers of a request, as ASGI would have them."""
    found: dict[bytes, bytes] = {}
    for name in wanted:
        value = environ.get(_keys[name])
        if value:
            found[name] = str(value).encode("latin-1", "replace")
    return found


class _Keys(dict[bytes, str]):
    """Where WSGI keeps a header (PEP 3333): `CONTENT_LENGTH`, `HTTP_USER_AGENT`."""

    def __missing__(self, name: bytes) -> str:
        key = name.decode("latin-1").upper().replace("-", "_")
        made = self[name] = key if key in {"CONTENT_LENGTH", "CONTENT_TYPE"} else f"HTTP_{key}"
        return made


_keys = _Keys()


def _content_length(headers: list[tuple[str, str]]) -> int:
    for name, value in headers:
        if name.lower() == "content-length" and value.isdigit() and len(value) < 16:
            return int(value)
    return -1
