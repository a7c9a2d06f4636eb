"""Real servers, whose lines come out in the shape of ours."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import free_port

APPLICATION = """
import logging, warnings
import eduscope

eduscope.init(service="courses", environment="production", tracing=False)

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["path"] == "/broken":
        raise ValueError("no grade for anna@school.example")
    logging.getLogger("edulearn").info("asked for /courses/7?token=secret-1 by %s", "anna@school.example")
    warnings.warn("the old way", DeprecationWarning, stacklevel=1)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})
"""

GRANIAN = """
import eduscope
from granian import Granian

if __name__ == "__main__":
    eduscope.init(service="courses", environment="production", tracing=False)
    Granian("application:app", port=int(__import__("sys").argv[1]), interface="asgi", log_access=True).serve()
"""


def serve(folder: Path, command: list[str], port: int) -> list[str]:
    """Starts a server, asks it twice, ends it; gives what it printed."""
    (folder / "application.py").write_text(APPLICATION)
    (folder / "granian_main.py").write_text(GRANIAN)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("EDUSCOPE_")}
    process = subprocess.Popen(
        [sys.executable, "-W", "default::DeprecationWarning:application", *command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        deadline = time.monotonic() + 20
        while not answers(port, "/students/anna.schmidt?token=secret-2"):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.1)
        answers(port, "/broken")
    finally:
        process.send_signal(signal.SIGTERM)
    return process.communicate(timeout=20)[0].splitlines()


def answers(port: int, path: str) -> bool:
    """Whether the server answers at all."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return bool(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False


def check(printed: list[str]) -> list[dict[str, Any]]:
    """Every line is one of ours, and none says what must not be told."""
    lines = [json.loads(line) for line in printed]
    for line in lines:
        assert line["service_name"] == "courses"
    text = "\n".join(printed)
    for secret in ("anna", "secret-1", "secret-2"):
        assert secret not in text
    answered = [line for line in lines if line["message"] == "request answered"]
    assert {line["http.response.status_code"] for line in answered} == {200, 500}
    assert {line["http.request.method"] for line in answered} == {"GET"}
    (own,) = [line for line in lines if line["log.logger"] == "edulearn"]
    assert own["message"] == "asked for /courses/7 by [EMAIL]"
    (warned,) = [line for line in lines if line["log.logger"] == "py.warnings"]
    assert (warned["log_level"], warned["message"]) == ("warning", "DeprecationWarning: the old way")
    assert warned["code.file.path"].endswith("application.py")
    (failed,) = [line for line in lines if line.get("exception.type") == "ValueError"]
    assert failed["log_level"] == "error"
    assert failed["exception.message"] == "no grade for [EMAIL]"
    assert "application.py:" in failed["exception.stacktrace"]
    return lines


@pytest.mark.parametrize("way", ["before", "after"])
def test_uvicorns_lines_are_ours_whether_it_is_configured_before_or_after(tmp_path: Path, way: str) -> None:
    port = free_port()
    command = ["-m", "uvicorn", "application:app", "--port", str(port)]
    if way == "after":
        command = ["-c", f"import application, uvicorn; uvicorn.run(application.app, port={port})"]
    lines = check(serve(tmp_path, command, port))
    assert any(line["message"].startswith("Application startup complete") for line in lines)


def test_granians_lines_are_ours_in_its_main_process_too(tmp_path: Path) -> None:
    port = free_port()
    lines = check(serve(tmp_path, ["granian_main.py", str(port)], port))
    assert {line["log.logger"] for line in lines} >= {"_granian", "granian.access"}
    assert all(line["duration_ms"] >= 0 for line in lines if line["log.logger"] == "granian.access")
