"""Real processes: workers that are forked, spawned, killed, and that share one `/metrics`."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from eduscope.counters import Counters
from eduscope.metrics import workers
from eduscope.metrics.families import Family, Series, merged
from eduscope.metrics.port import Port
from eduscope.metrics.workers import Worker

ROOT = Path(__file__).parents[3]
SCRIPT = str(Path(__file__).with_name("worker_app.py"))


def families(**values: float) -> list[Family]:
    """A counter and a gauge of some process."""
    return [
        Family("jobs", "counter", "Jobs.", (), [Series((), values["jobs"])]),
        Family("busy", "gauge", "Busy.", (), [Series((), values["busy"])]),
    ]


def total(found: list[Family], name: str) -> float | None:
    """The one value of a family, None where it has none."""
    return next((s.value for f in found if f.name == name for s in f.series), None)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a worker in a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **more: str) -> subprocess.Popen[str]:
        environ = os.environ | {"EDUSCOPE_METRICS_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)} | more
        run = subprocess.Popen(
            arguments, env=environ, text=True, cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        started.append(run)
        return run

    yield start
    for run in started:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
        run.communicate()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Worker]:
    """A worker that counts nothing itself."""
    worker = Worker(tmp_path, interval_seconds=60)
    yield worker
    worker.close()


def count(run: subprocess.Popen[str], times: int = 1) -> None:
    """Lets a process count, and waits until it has and has written it."""
    assert run.stdin is not None
    assert run.stdout is not None
    for _ in range(times):
        run.stdin.write("\n")
        run.stdin.flush()
        assert run.stdout.readline() == "counted\n"
    time.sleep(2 * workers.WRITE_INTERVAL_SECONDS)


def test_a_killed_workers_counts_are_kept_and_its_gauges_go(
    process: Callable[..., subprocess.Popen[str]], reader: Worker
) -> None:
    one, other = (process(sys.executable, SCRIPT) for _ in range(2))
    count(one, 2)
    count(other, 3)
    assert (total(reader.families(), "tests_served"), total(reader.families(), "tests_busy")) == (205, 2)
    one.kill()
    one.wait()
    for _ in range(2):  # the second time it is among the ended already
        assert (total(reader.families(), "tests_served"), total(reader.families(), "tests_busy")) == (205, 1)
    count(other)
    assert total(reader.families(), "tests_served") == 206
    assert len(list(reader.folder.glob("*.living"))) == 2


def test_a_worker_that_ends_by_itself_has_written_its_last_values(
    process: Callable[..., subprocess.Popen[str]], reader: Worker
) -> None:
    run = process(sys.executable, SCRIPT)
    run.communicate("\n\n")
    assert (total(reader.families(), "tests_served"), total(reader.families(), "tests_busy")) == (102, None)


def test_a_forked_child_counts_for_itself(
    process: Callable[..., subprocess.Popen[str]], reader: Worker
) -> None:
    run = process(sys.executable, SCRIPT, "fork")
    run.communicate("\n\n")
    assert total(reader.families(), "tests_served") in {101, 102}, (
        "the child does not tell the parent's 100 again"
    )


def test_who_died_while_adding_up_the_dead_does_not_count_them_twice(tmp_path: Path) -> None:
    dead = {"1-a": families(jobs=3, busy=1)}
    ended = workers._settle(tmp_path, workers.Ended(), dead)
    (tmp_path / "1-a.living").touch()  # its files were not removed yet
    again = workers._settle(tmp_path, ended, dead)
    assert total(again.families, "jobs") == 3
    assert total(again.families, "busy") is None


def test_files_that_are_damaged_are_left_out(reader: Worker, fresh_counters: Counters) -> None:
    (reader.folder / "9-z.living").touch()
    (reader.folder / "9-z.values").write_bytes(b"\xc1 not msgpack")
    assert reader.families()
    assert fresh_counters.failures["metrics_read"] == 1


def test_an_emptied_folder_is_used_again(reader: Worker) -> None:
    reader.write()
    for path in reader.folder.iterdir():
        path.unlink()
    reader.write()
    assert {path.suffix for path in reader.folder.iterdir()} == {".living", ".values"}


def test_families_that_do_not_fit_are_left_out_and_counted(fresh_counters: Counters) -> None:
    other = [Family("jobs", "counter", "Jobs.", ("queue",), [Series(("grades",), 5)])]
    assert total(merged([families(jobs=1, busy=1), other]), "jobs") == 1
    assert fresh_counters.failures["metric_merge:jobs"] == 1


@pytest.mark.parametrize(("across", "value"), [("sum", 5), ("max", 4), ("min", 1)])
def test_gauges_of_several_workers_become_one(across: str, value: float) -> None:
    def process(value: float) -> list[Family]:
        return [Family("age", "gauge", "Age.", (), [Series((), value)], across=across)]

    assert total(merged([process(4), process(1)]), "age") == value


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


APP = "tests.eduscope.metrics.worker_app"
SERVERS = {
    "uvicorn": f"-m uvicorn --workers 2 --log-level error --port PORT {APP}:app",
    "granian": f"-m granian --workers 2 --interface asgi --respawn-failed-workers --port PORT {APP}:app",
    # The application is loaded before the workers are forked.
    "gunicorn": f"-m gunicorn --workers 2 --preload --bind 127.0.0.1:PORT {APP}:wsgi",
}


def call(port: int) -> str:
    """Who answered; empty where nobody did yet."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/").text
    except httpx.TransportError:
        time.sleep(0.1)
        return ""


@pytest.mark.parametrize("server", SERVERS)
def test_any_worker_of_a_server_tells_the_counts_of_all(
    server: str, process: Callable[..., subprocess.Popen[str]]
) -> None:
    port = free_port()
    process(sys.executable, *SERVERS[server].replace("PORT", str(port)).split())
    answered: list[str] = []
    until = time.monotonic() + 60
    with ThreadPoolExecutor(8) as callers:  # side by side, or one worker might answer them all
        while len(set(answered)) < 2 and time.monotonic() < until:
            answered += filter(None, callers.map(call, [port] * 16))
    assert len(set(answered)) == 2
    requests = len(answered)
    time.sleep(2 * workers.WRITE_INTERVAL_SECONDS)
    for _ in range(5):
        text = httpx.get(f"http://127.0.0.1:{port}/metrics", headers={"connection": "close"}).text
        assert re.findall(r"^tests_served_total.* (.+)$", text, re.MULTILINE) == [f"{requests}.0"]
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{port}/die")
    text = _metrics_after_a_death(port)
    assert re.findall(r"^tests_served_total.* (.+)$", text, re.MULTILINE) == [f"{requests}.0"]
    assert re.findall(r"^tests_busy (.+)$", text, re.MULTILINE) == ["1.0"]


def _metrics_after_a_death(port: int) -> str:
    for _ in range(100):
        try:
            return httpx.get(f"http://127.0.0.1:{port}/metrics", headers={"connection": "close"}).text
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("no worker answers")


def test_a_worker_takes_the_port_over_when_the_one_that_has_it_ends(fresh_counters: Counters) -> None:
    port = free_port()
    first, second = (Port("127.0.0.1", port, retry_seconds=0.05) for _ in range(2))
    assert first.listening.wait(5) or second.listening.wait(5)
    has, waits = (first, second) if first.listening.is_set() else (second, first)
    assert "eduscope_log_lines" in httpx.get(f"http://127.0.0.1:{port}/metrics").text
    assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 404
    assert not waits.listening.is_set()
    has.close()
    assert waits.listening.wait(5)
    assert "eduscope_log_lines" in httpx.get(f"http://127.0.0.1:{port}/metrics").text
    waits.close()
