"""`/metrics` as an ASGI and a WSGI application."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any

from eduscope.metrics.exposition import page

StartResponse = Callable[[str, list[tuple[str, str]]], object]

GZIP_LEVEL = 1

Answer = tuple[HTTPStatus, list[tuple[str, str]], bytes]


def answer(method: str, accept: str, accept_encoding: str) -> Answer:
    """Status, headers and body for one request."""
    if method not in {"GET", "HEAD"}:
        return HTTPStatus.METHOD_NOT_ALLOWED, [("allow", "GET, HEAD"), ("content-length", "0")], b""
    content_type, body = page(accept)
    headers = [("content-type", content_type), ("vary", "accept, accept-encoding")]
    if "gzip" in accept_encoding.lower():
        body = gzip.compress(body, GZIP_LEVEL)
        headers.append(("content-encoding", "gzip"))
    headers.append(("content-length", str(len(body))))
    return HTTPStatus.OK, headers, b"" if method == "HEAD" else body


async def metrics_asgi(
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    """The ASGI application. The page is written in a thread, beside the event loop."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    if scope["type"] != "http":
        return
    given = {name: value.decode("latin-1") for name, value in scope["headers"]}
    status, headers, body = await asyncio.to_thread(
        answer, scope["method"], given.get(b"accept", ""), given.get(b"accept-encoding", "")
    )
    encoded = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": int(status), "headers": encoded})
    await send({"type": "http.response.body", "body": body})


async def _live(
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


def metrics_wsgi(environ: MutableMapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI application."""
    status, headers, body = answer(
        environ["REQUEST_METHOD"], environ.get("HTTP_ACCEPT", ""), environ.get("HTTP_ACCEPT_ENCODING", "")
    )
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]
