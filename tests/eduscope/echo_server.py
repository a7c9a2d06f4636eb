"""A service of somebody, on loopback: it answers with the headers it got, redirects, refuses."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answers with the headers; `/none` with 404, `/to?url=…` with a redirect, `/cut` not at all."""
        path = urlsplit(self.path)
        if path.path == "/cut":
            self.close_connection = True
            return
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response({"/none": 404, "/to": 302}.get(path.path, 200))
        if path.path == "/to":
            self.send_header("location", parse_qs(path.query)["url"][0])
            body = b""
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *args: Any) -> None:
        """Nothing."""


@contextmanager
def echo_server() -> Iterator[int]:
    """The port it listens on."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()
