"""docs/start, followed to the letter: the page's application, its command and its requests, against a platform."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.conftest import INGEST_KEY, Platform, free_port

PAGES = Path(__file__).parents[2] / "docs" / "start"
APPLICATION = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SERVE = re.compile(r"^\$ ((?:uvicorn|gunicorn) .*)$", re.MULTILINE)
ASK = re.compile(r"^\$ curl .*?(http://127\.0\.0\.1:8000\S*)$", re.MULTILINE)
ADDRESS = "127.0.0.1:8000"
READY_SECONDS = 30


@contextmanager
def served(page: str, folder: Path, address: str, **environment: str) -> Iterator[Path]:
    """The page's application, saved and started as the page says; gives the file with all it printed."""
    (folder / "app.py").write_text(APPLICATION.findall(page)[0], encoding="utf-8")
    host, port = address.split(":")
    program, *arguments = shlex.split(SERVE.findall(page)[0].replace(ADDRESS, address))
    if program == "uvicorn":
        arguments += ["--port", port]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("EDUSCOPE_")}
    printed = folder / "printed"
    with printed.open("wb") as output:
        process = subprocess.Popen(
            [Path(sys.executable).parent / program, *arguments],
            cwd=folder, env=inherited | environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex((host, int(port))) == 0:
                    break
            assert time.monotonic() < deadline, f"{program} was not ready within {READY_SECONDS} s"
            time.sleep(0.05)
        yield printed
    finally:
        process.terminate()
        process.wait(READY_SECONDS)


@pytest.mark.parametrize("name", ["fastapi", "flask", "django"])
def test_a_newcomer_finds_the_first_request(name: str, tmp_path: Path, platform: Platform) -> None:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    address = f"127.0.0.1:{free_port()}"
    quiz, broken = (url.replace(ADDRESS, address) for url in ASK.findall(page)[:2])
    first, second = f"start-{name}-first", f"start-{name}-second"

    exports = {"EDUSCOPE_ENDPOINT": platform.url, "EDUSCOPE_INGEST_KEY": INGEST_KEY}
    with served(page, tmp_path, address, **exports) as printed:
        opened = httpx.get(quiz, headers={"x-correlation-id": first}, timeout=30)
        failed = httpx.get(broken, headers={"x-correlation-id": second}, timeout=30)
    assert (opened.status_code, opened.headers["x-correlation-id"]) == (200, first)
    assert (failed.status_code, failed.headers["x-correlation-id"]) == (500, second)

    found = platform.reader.get(f"/api/correlations/{first}").json()["items"]
    lines = [item for item in found if item["kind"] == "log"]
    assert [line["message"] for line in lines if "log.logger" not in line["attributes"]] == [
        "quiz opened",
        "request handled",
    ]
    assert {line["tenant_id"] for line in lines if "log.logger" not in line["attributes"]} == {"north"}
    assert any(item["kind"] == "span" and "quiz_id" in item["name"] for item in found)
    assert platform.count(f"correlation:{second} level:error") >= 1
    assert "ada@example.edu" not in printed.read_text(encoding="utf-8")
