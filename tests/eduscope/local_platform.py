"""A platform that does as a test says: answers, refuses, dawdles. A real HTTP server on loopback."""

import gzip
import threading
import time
from collections import deque
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
import zstandard


class Answer(NamedTuple):
    """What the platform answers, and after how long."""

    status: int
    headers: Mapping[str, str] = MappingProxyType({})
    after_seconds: float = 0.0


class Taken(NamedTuple):
    """A request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


class LocalPlatform:
    """Answers with `then` in their order, and with `always` after."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.then: deque[Answer] = deque()
        self.always = Answer(200)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def lines(self) -> list[dict[str, Any]]:
        """Every log line that was answered with success or not, in the order it came."""
        bodies = [taken.body for taken in self.taken if taken.path == "/v1/ndjson"]
        return [msgspec.json.decode(line) for body in bodies for line in body.splitlines()]

    def wait_for(self, count: int, path: str = "/v1/ndjson", seconds: float = 10.0) -> list[Taken]:
        """The requests for a path, as soon as there are so many. Fails where they do not come."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = [taken for taken in self.taken if taken.path == path]
            if len(found) >= count:
                return found
            time.sleep(0.01)
        raise AssertionError(f"expected {count} requests for {path}, got {[t.path for t in self.taken]}")

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        platform = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                elif self.headers.get("Content-Encoding") == "zstd":
                    body = zstandard.decompress(body)
                answer = platform.then.popleft() if platform.then else platform.always
                platform.taken.append(Taken(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                time.sleep(answer.after_seconds)
                try:
                    self.send_response(answer.status)
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    self.close_connection = True  # the SDK had waited long enough

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class' own name
                return

        return Handler
