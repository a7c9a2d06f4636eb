"""An application under test, called from outside."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

from eduscope.testing import Captured

Headers = Mapping[str, str] | list[tuple[bytes, bytes]]
CORRELATION = "conformance-1"
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER_SPAN = "00f067aa0ba902b7"
CALLED_WITH = {"x-correlation-id": CORRELATION, "traceparent": f"00-{TRACE_ID}-{CALLER_SPAN}-01"}


class Service:
    """One application: `app` is what its server would be given; `upstream` is where it calls."""

    def __init__(self, name: str, app: Any, *, is_asgi: bool, upstream: int) -> None:
        self.name = name
        self.upstream = upstream
        self._app = app
        self._is_asgi = is_asgi

    def get(self, path: str, headers: Headers | None = None) -> httpx.Response:
        """One GET request."""
        return self._request("GET", path, headers=headers)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """One POST request."""
        return self._request("POST", path, **options)

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        if not self._is_asgi:
            raw = options.pop("headers", None) or {}
            pairs = raw if isinstance(raw, list) else [(k.encode(), v.encode()) for k, v in raw.items()]
            app = _with_headers(self._app, pairs)
            transport = httpx.WSGITransport(app, raise_app_exceptions=False, remote_addr="203.0.113.7")
            with httpx.Client(transport=transport, base_url="http://service") as client:
                return client.request(method, path, **options)
        return asyncio.run(self._request_asgi(method, path, options))

    async def _request_asgi(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False, client=("203.0.113.7", 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.request(method, path, **options)


def _with_headers(app: Any, headers: list[tuple[bytes, bytes]]) -> Any:
    """Headers as a WSGI server hands them on, any bytes; httpx's transport knows ASCII alone."""

    def served(environ: dict[str, Any], start_response: Any) -> Any:
        for name, value in headers:
            key = name.decode("ascii").upper().replace("-", "_")
            environ[key if key == "CONTENT_LENGTH" else f"HTTP_{key}"] = value.decode("latin-1")
        return app(environ, start_response)

    return served


def request_line(seen: Captured) -> dict[str, Any]:
    """The one line of a request that there is."""
    (line,) = [line for line in seen.lines if line["message"] in ("request handled", "request failed")]
    return line
