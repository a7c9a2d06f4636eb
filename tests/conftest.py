"""The platform as its users have it: the real command, on a free port, under a folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import hypothesis
import pytest

# The same examples every time: what a build found, a developer finds. `--hypothesis-profile=search` looks further.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", max_examples=5_000, deadline=None)
hypothesis.settings.load_profile("same")

ADMIN_TOKEN = "test-admin-token-0123456789"
INGEST_KEY = "test-ingest-key-0123456789"
READY_SECONDS = 60
SERVE = (sys.executable, "-m", "eduscope_server.main", "serve")


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Platform:
    """A running `eduscope serve`, and clients for its two sides."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self.sender = httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {INGEST_KEY}"}, timeout=60
        )
        self.reader = httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {ADMIN_TOKEN}"}, timeout=60
        )

    def start(self) -> None:
        """Starts it and waits until it is ready."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("EDUSCOPE_")}
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*SERVE, "--data", str(self.folder), "--listen", f"127.0.0.1:{self.port}"],
                env=inherited
                | {"EDUSCOPE_ADMIN_TOKEN": ADMIN_TOKEN, "EDUSCOPE_INGEST_KEY": INGEST_KEY}
                | self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            assert self.process.poll() is None, "the platform ended while starting; see its log"
            assert time.monotonic() < deadline, f"the platform was not ready within {READY_SECONDS} s"
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Sends a signal and waits for the end; returns the exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def send(self, *lines: bytes) -> None:
        """Sends log lines of JSON; they are stored when this returns."""
        sent = self.sender.post(
            "/v1/ndjson", content=b"".join(lines), headers={"Content-Type": "application/x-ndjson"}
        )
        assert sent.is_success, sent.text

    def count(self, query: str = "", **parameters: str) -> int:
        """The exact number of log records a query finds, over all time."""
        sent = {"query": query, "from": "-3650d", "to": "now", **parameters}
        answer = self.reader.get("/api/logs/count", params=sent)
        answer.raise_for_status()
        return int(answer.json()["count"])

    def close(self) -> None:
        """Closes the clients, and the platform if it still runs."""
        self.sender.close()
        self.reader.close()
        if self.process is not None and self.process.poll() is None:
            self.stop()

    def _is_ready(self) -> bool:
        try:
            return self.reader.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """One platform for all tests of a process that do not stop it."""
    running = Platform(tmp_path_factory.mktemp("platform") / "data")
    running.folder.mkdir()
    running.start()
    yield running
    running.close()


@pytest.fixture
def own_platform(tmp_path: Path) -> Iterator[Platform]:
    """A platform of the test's own, not yet started, to kill and to starve."""
    own = Platform(tmp_path / "data")
    own.folder.mkdir()
    yield own
    own.close()
