"""`eduscope demo`: one command, a link, a live EduLearn; Ctrl-C, and nothing is left."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest
from tests.conftest import free_port
from tests.e2e.conftest import printed_link, soon

STOP_SECONDS = 60

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_demo_comes_up_shows_edulearn_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    port, edulearn_port = free_port(), free_port()
    output = tmp_path / "demo.txt"
    command = [sys.executable, "-m", "eduscope_server.main", "demo", "--data", str(tmp_path / "data")]
    command += ["--listen", f"127.0.0.1:{port}", "--edulearn-port", str(edulearn_port)]
    with output.open("wb") as file:
        demo = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, start_new_session=True)
    family: list[psutil.Process] = []
    try:
        link = printed_link(output)
        family = psutil.Process(demo.pid).children(recursive=True)
        assert len(family) > 8
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as console:
            assert console.get(link, follow_redirects=True).status_code == 200
            assert console.get("/api/session").status_code == 200
            soon(lambda: seen_services(console) >= {"gateway", "courses", "tutor"}, "EduLearn's services")
        demo.send_signal(number)
        status = demo.wait(STOP_SECONDS)
        assert psutil.wait_procs(family, timeout=STOP_SECONDS)[1] == []
        assert number is signal.SIGKILL or status == 0, output.read_text()
    finally:
        for process in [*family, psutil.Process(demo.pid)] if demo.poll() is None else family:
            if process.is_running():
                process.kill()
        demo.wait()


def seen_services(console: httpx.Client) -> set[str]:
    """The services that the console lists."""
    services = console.get("/api/services").json()["services"]
    return {service["service_name"] for service in services}
