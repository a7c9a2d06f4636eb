"""What the platform does while a part of it is away: it says so, keeps its memory, and goes on by itself."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from tests.conftest import Platform

LINE = (
    b'{"timestamp": "2026-01-01T00:00:00Z", "log_level": "info", "service_name": "outage", "message": "m"}\n'
)
NDJSON = {"Content-Type": "application/x-ndjson"}


def send(platform: Platform, body: bytes = LINE) -> httpx.Response:
    return platform.sender.post("/v1/ndjson", content=body, headers=NDJSON)


def until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def postgres_process(folder: Path) -> int:
    """The process id of the platform's PostgreSQL."""
    (file,) = folder.glob("postgres/**/postmaster.pid")
    return int(file.read_text().splitlines()[0])


def test_while_postgres_is_away_known_keys_still_send(own_platform: Platform) -> None:
    own_platform.start()
    assert send(own_platform).status_code == 200
    postmaster = psutil.Process(postgres_process(own_platform.folder))
    hanging = [postmaster, *postmaster.children(recursive=True)]
    for process in hanging:
        process.suspend()  # hangs, which is worse than gone
    try:
        assert send(own_platform).status_code == 200
        answer = own_platform.reader.get("/readyz")
        assert answer.status_code == 503
        assert "Retry-After" in answer.headers
    finally:
        for process in hanging:
            process.resume()
    assert until(lambda: own_platform.reader.get("/readyz").status_code == 200)
    assert own_platform.count("service:outage") == 2


def test_postgres_that_died_comes_back_without_a_restart(own_platform: Platform) -> None:
    own_platform.start()
    os.kill(postgres_process(own_platform.folder), signal.SIGKILL)
    assert send(own_platform).status_code == 200
    assert until(lambda: own_platform.reader.get("/readyz").status_code == 200)
    assert own_platform.count("service:outage") == 1


@pytest.fixture
def small_disk(own_platform: Platform) -> Iterator[Path]:
    """A disk of 64 MiB under the store's folder."""
    folder = own_platform.folder / "clickhouse"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a small disk needs root and the right to mount")
    yield folder
    own_platform.close()
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_refuses_and_recovers(own_platform: Platform, small_disk: Path) -> None:
    own_platform.start()
    assert send(own_platform).status_code == 200
    filler = small_disk / "filler"
    with filler.open("wb") as file:
        try:
            while True:
                file.write(b"x" * (1 << 20))
                file.flush()
        except OSError:
            pass
    refused = send(own_platform, LINE * 20_000)
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    filler.unlink()
    assert until(lambda: send(own_platform).status_code == 200)
    assert own_platform.count("service:outage") == 2
