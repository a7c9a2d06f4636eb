"""`/metrics` on a port of its own, for workers that serve no HTTP, and the sharing of it between workers."""

import http.server
import os
import socket
import threading
from http import HTTPStatus
from pathlib import Path
from typing import Any

from eduscope.config import Config, ConfigurationError
from eduscope.counters import counters
from eduscope.metrics import workers
from eduscope.metrics.apps import answer
from eduscope.quiet import quiet

RETRY_SECONDS = 2.0
"""How often a worker tries for a port that another has, to take over where that one ends."""


class _Handler(http.server.BaseHTTPRequestHandler):
    timeout = 10.0
    """Seconds a caller may take to say what it wants."""

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        if self.path.partition("?")[0] != "/metrics":
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        wanted = self.headers.get("Accept", ""), self.headers.get("Accept-Encoding", "")
        status, headers, body = answer(self.command, *wanted)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class' own name
        """Nothing: a scrape is no event."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    timeout = 0.2
    """Seconds until it looks whether it is to stop."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a caller that went away is no event."""


class Port:
    """Answers on a port as soon as it is free: of several workers one has it, and another when that one ends."""

    def __init__(self, host: str, port: int, retry_seconds: float = RETRY_SECONDS) -> None:
        self.host = host
        self.port = port
        self._retry_seconds = retry_seconds
        self._server: http.server.HTTPServer | None = None
        self.start()

    def start(self) -> None:
        """Begins to try; again in a forked child, which gives up its copy of the parent's socket."""
        if self._server is not None:
            self._server.socket.close()
        self._server = None
        self.listening = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="eduscope-metrics-port", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listens no longer."""
        self._stop.set()
        self._thread.join(RETRY_SECONDS)

    def _run(self) -> None:
        quiet.on = True
        missed = False
        while not self._stop.is_set():
            try:
                server = self._listen()
            except OSError:
                if not missed:
                    counters.failure("metrics_port")
                missed = True
                self._stop.wait(self._retry_seconds)
                continue
            with server:
                self._server = server
                self.listening.set()
                while not self._stop.is_set():
                    server.handle_request()
            self._server = None

    def _listen(self) -> http.server.HTTPServer:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        server = type("_Server", (_Server,), {"address_family": family})
        made: http.server.HTTPServer = server((self.host, self.port), _Handler)
        return made


_port: Port | None = None


def start(config: Config) -> None:
    """Shares the metrics with other workers and opens the port, where the configuration says so.

    Raises ConfigurationError where the folder cannot be written to.
    """
    global _port  # noqa: PLW0603 - a process has one
    prometheus = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
    folder = config.metrics_dir or (prometheus and f"{prometheus}/eduscope")
    if folder:
        try:
            workers.share(Path(folder))
        except OSError as error:
            raise ConfigurationError(
                f'metrics_dir is "{folder}", which cannot be written to ({error.strerror}); expected a folder of '
                "this service's own"
            ) from error
    if config.metrics_port:
        _port = Port(config.metrics_host, config.metrics_port)


def stop() -> None:
    """Closes the port and writes the last values."""
    global _port
    port, _port = _port, None
    if port is not None:
        port.close()
    workers.close()


def _after_fork() -> None:
    if _port is not None:
        try:
            _port.start()
        except Exception:  # noqa: BLE001 - the child must not fail for its numbers
            counters.failure("metrics_port")


os.register_at_fork(after_in_child=_after_fork)
