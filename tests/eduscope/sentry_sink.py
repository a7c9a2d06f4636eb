"""Where a real `sentry_sdk` sends its envelopes in tests: a server on loopback that keeps what arrives."""

import gzip
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec


class SentrySink:
    """Takes envelopes on the protocol's path and answers as Sentry does."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.dsn = f"http://public@127.0.0.1:{self._server.server_port}/1"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def items(self, kind: str) -> list[dict[str, Any]]:
        """The payloads of one item type, such as `event`, in the order they came."""
        found = []
        for body in self.bodies:
            lines = body.split(b"\n")
            for head, payload in zip(lines[1::2], lines[2::2], strict=False):
                if head and msgspec.json.decode(head)["type"] == kind:
                    found.append(msgspec.json.decode(payload))
        return found

    def wait_for(self, kind: str, count: int = 1, seconds: float = 10.0) -> list[dict[str, Any]]:
        """The payloads of one type, as soon as there are so many. Fails where they do not come."""
        until = time.monotonic() + seconds
        while len(found := self.items(kind)) < count:
            if time.monotonic() > until:
                raise AssertionError(f"expected {count} items of type {kind}, got {len(found)}")
            time.sleep(0.01)
        return found

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                sink.bodies.append(body)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class' own name
                return

        return Handler
