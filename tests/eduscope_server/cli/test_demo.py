"""`eduscope demo` where it does not run its course; tests/e2e has the one that does."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.conftest import free_port

EDUSCOPE = Path(sys.executable).with_name("eduscope")
READY_SECONDS = 120
END_SECONDS = 45


class Demo:
    """A demo that is under way."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.printed = folder.parent / "printed"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("EDUSCOPE_")}
        command = [str(EDUSCOPE), "demo", "--data", str(folder), "--students", "2"]
        command += ["--listen", f"127.0.0.1:{free_port()}", "--edulearn-port", str(free_port())]
        with self.printed.open("wb") as output:
            self.process = subprocess.Popen(command, env=inherited, stdout=output, stderr=subprocess.STDOUT)

    def wait_for(self, text: str) -> None:
        """Waits until it has printed that."""
        deadline = time.monotonic() + READY_SECONDS
        while text not in self.printed.read_text():
            assert self.process.poll() is None, self.printed.read_text()
            assert time.monotonic() < deadline, self.printed.read_text()
            time.sleep(0.1)

    def left_behind(self) -> list[str]:
        """What still runs and names this demo's folder in its command line or its environment."""
        found = []
        for process in psutil.process_iter():
            try:
                told = [*process.cmdline(), *process.environ().values()]
            except psutil.Error:
                continue
            if process.pid != os.getpid() and any(str(self.folder) in word for word in told):
                found.append(" ".join(process.cmdline())[:200])
        return found

    def wait_until_nothing_runs(self) -> None:
        """Waits for the end of everything the demo started."""
        deadline = time.monotonic() + END_SECONDS
        while left := self.left_behind():
            assert time.monotonic() < deadline, left
            time.sleep(0.2)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A demo on free ports."""
    started = Demo(tmp_path / "demo")
    yield started
    if started.process.poll() is None:
        started.process.terminate()
    started.process.wait(END_SECONDS)


@pytest.mark.slow
def test_a_stop_in_the_middle_of_the_start_leaves_nothing_behind(demo: Demo) -> None:
    demo.wait_for("EduLearn: starting")
    demo.process.send_signal(signal.SIGTERM)
    assert demo.process.wait(END_SECONDS) == 0
    demo.wait_until_nothing_runs()


def test_a_taken_port_is_named_with_a_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [str(EDUSCOPE), "demo", "--data", str(tmp_path), "--listen", f"127.0.0.1:{port}"]
        answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert answer.returncode == 1
    assert f"127.0.0.1:{port} cannot be used" in answer.stderr
    assert "--listen 127.0.0.1:4401" in answer.stderr
