"""Where a real client sends in tests: a server on loopback that keeps what arrives."""

import gzip
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Sink:
    """Keeps the bodies it gets; answers with `status` and `{}`, after `after_seconds`."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        self.encodings: list[str] = []
        self.status = 200
        self.after_seconds = 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                encoding = self.headers.get("Content-Encoding", "")
                time.sleep(sink.after_seconds)
                sink.paths.append(self.path)
                sink.encodings.append(encoding)
                sink.bodies.append(gzip.decompress(body) if encoding == "gzip" else body)
                try:
                    self.send_response(sink.status)
                    self.send_header("Content-Length", "2")
                    self.end_headers()
                    self.wfile.write(b"{}")
                except OSError:
                    self.close_connection = True  # the client had waited long enough

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class' own name
                return

        return Handler


def arrived(
    found: Callable[[], list[dict[str, Any]]], count: int, what: str, seconds: float = 10.0
) -> list[dict[str, Any]]:
    """What is found, as soon as there is so much. Fails where it does not come."""
    until = time.monotonic() + seconds
    while len(here := found()) < count:
        if time.monotonic() > until:
            raise AssertionError(f"expected {count} {what}, got {len(here)}")
        time.sleep(0.01)
    return here
