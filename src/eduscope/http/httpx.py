"""httpx: every call carries the correlation and the trace, is a client span, and is counted.

>>> client = eduscope.http.httpx.instrument(httpx.AsyncClient(), peer="accounts")
"""

from typing import Any, TypeVar

import httpx

from eduscope.http.call import Call

AnyClient = TypeVar("AnyClient", httpx.Client, httpx.AsyncClient)


class Transport(httpx.BaseTransport):
    """A transport around another that observes its calls."""

    def __init__(self, inner: httpx.BaseTransport, *, propagate: bool = True, peer: str = "") -> None:
        self._inner = inner
        self._propagate = propagate
        self._peer = peer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request."""
        with _begin(request, self._propagate, self._peer) as call:
            response = self._inner.handle_request(request)
            call.answered(response.status_code, response.headers.get("content-length"))
            return response

    def close(self) -> None:
        """Closes the transport inside."""
        self._inner.close()


class AsyncTransport(httpx.AsyncBaseTransport):
    """An asynchronous transport around another that observes its calls."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, propagate: bool = True, peer: str = "") -> None:
        self._inner = inner
        self._propagate = propagate
        self._peer = peer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request."""
        with _begin(request, self._propagate, self._peer) as call:
            response = await self._inner.handle_async_request(request)
            call.answered(response.status_code, response.headers.get("content-length"))
            return response

    async def aclose(self) -> None:
        """Closes the transport inside."""
        await self._inner.aclose()


def instrument(client: AnyClient, *, propagate: bool = True, peer: str = "") -> AnyClient:
    """The same client, observed from now on. Twice does no more than once.

    `peer` is the name of the service it calls, where its host does not say it. `propagate=False` keeps our ids
    to ourselves: for services of other people. Redirects are calls of their own.
    """
    transport = client._transport
    if isinstance(transport, (Transport, AsyncTransport)):
        return client
    wrap: Any = AsyncTransport if isinstance(client, httpx.AsyncClient) else Transport
    client._transport = wrap(transport, propagate=propagate, peer=peer)
    client._mounts = {
        pattern: inner and wrap(inner, propagate=propagate, peer=peer)
        for pattern, inner in client._mounts.items()
    }
    return client


def _begin(request: httpx.Request, propagate: bool, peer: str) -> Call:
    call = Call(request.method, request.url.host, request.url.port, peer)
    call.carry(request.headers, propagate=propagate)
    return call
