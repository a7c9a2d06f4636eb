"""httpx: every call carries the correlation and the trace, and is a client span.

>>> client = eduscope.http.httpx.instrument(httpx.AsyncClient())
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx

from eduscope import tracing
from eduscope.http.request import METHODS, OTHER_METHOD

AnyClient = TypeVar("AnyClient", httpx.Client, httpx.AsyncClient)


class Transport(httpx.BaseTransport):
    """A transport around another that observes its calls."""

    def __init__(self, inner: httpx.BaseTransport, *, propagate: bool = True) -> None:
        self._inner = inner
        self._propagate = propagate

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request."""
        with _call(request, self._propagate) as call:
            response = self._inner.handle_request(request)
            call.answered(response)
            return response

    def close(self) -> None:
        """Closes the transport inside."""
        self._inner.close()


class AsyncTransport(httpx.AsyncBaseTransport):
    """An asynchronous transport around another that observes its calls."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, propagate: bool = True) -> None:
        self._inner = inner
        self._propagate = propagate

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request."""
        with _call(request, self._propagate) as call:
            response = await self._inner.handle_async_request(request)
            call.answered(response)
            return response

    async def aclose(self) -> None:
        """Closes the transport inside."""
        await self._inner.aclose()


def instrument(client: AnyClient, *, propagate: bool = True) -> AnyClient:
    """The same client, observed from now on. Twice does no more than once.

    `propagate=False` keeps our ids to ourselves: for services of other people.
    """
    transport = client._transport
    if isinstance(transport, (Transport, AsyncTransport)):
        return client
    wrap: Any = AsyncTransport if isinstance(client, httpx.AsyncClient) else Transport
    client._transport = wrap(transport, propagate=propagate)
    client._mounts = {
        pattern: inner and wrap(inner, propagate=propagate) for pattern, inner in client._mounts.items()
    }
    return client


class _Call:
    """One call under way."""

    __slots__ = ("_span",)

    def __init__(self, span: Any) -> None:
        self._span = span

    def answered(self, response: httpx.Response) -> None:
        """Notes the answer's head; the body may still be on its way."""
        if self._span is None:
            return
        attributes: dict[str, Any] = {"http.response.status_code": response.status_code}
        size = response.headers.get("content-length", "")
        if size.isascii() and size.isdigit() and len(size) < 16:
            attributes["http.response.body.size"] = int(size)
        self._span.set_attributes(attributes)
        if response.status_code >= 400:
            self._span.set_attribute("error.type", str(response.status_code))
            tracing.mark_failed(self._span)


@contextmanager
def _call(request: httpx.Request, propagate: bool) -> Iterator[_Call]:
    spans = tracing.active()
    if spans is None:
        if propagate:
            tracing.inject(request.headers)
        yield _Call(None)
        return
    method = request.method if request.method in METHODS else OTHER_METHOD
    attributes: dict[str, Any] = {"http.request.method": method, "server.address": request.url.host}
    if request.url.port is not None:
        attributes["server.port"] = request.url.port
    with spans.span(method, "client", attributes) as span:
        if propagate:
            tracing.inject(request.headers)
        yield _Call(span)
