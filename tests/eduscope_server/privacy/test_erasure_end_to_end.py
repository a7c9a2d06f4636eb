"""The command on a running platform, and `kill -9` in the middle of an erasure."""

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import ADMIN_TOKEN, Platform

LINES = 4000
DELAYS_SECONDS = (0.05, 0.3)


def lines(user_id: str) -> bytes:
    """Log lines of one person."""
    line = {
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime()),
        "log_level": "info",
        "service_name": "courses",
        "correlation_id": "",
        "tenant_id": "school-a",
        "user_id": user_id,
        "request_id": "",
        "duration_ms": None,
        "message": "quiz graded",
    }
    return (json.dumps(line) + "\n").encode() * LINES


def send(platform: Platform, user_id: str) -> None:
    headers = {"Content-Type": "application/x-ndjson"}
    platform.sender.post("/v1/ndjson", content=lines(user_id), headers=headers).raise_for_status()


def privacy(platform: Platform, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """`eduscope privacy …`."""
    return subprocess.run(
        [sys.executable, "-m", "eduscope_server.main", "privacy", *words],
        env={"EDUSCOPE_ADMIN_TOKEN": ADMIN_TOKEN, "EDUSCOPE_URL": platform.url, "PATH": "/usr/bin:/bin"},
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def settled(platform: Platform) -> list[dict[str, Any]]:
    """The erasures, once none is open."""
    deadline = time.monotonic() + 60
    while True:
        found: list[dict[str, Any]] = platform.reader.get("/api/privacy/erasures").json()["erasures"]
        if all(erasure["hidden_at"] for erasure in found):
            return found
        assert time.monotonic() < deadline, "an erasure was not resumed"
        time.sleep(0.1)


def test_the_command_erases_proves_and_may_be_repeated(platform: Platform, tmp_path: Path) -> None:
    person = "person of the command"
    send(platform, person)
    send(platform, "somebody else")
    before = platform.count("service:courses")
    done = privacy(
        platform, "erase", "--subject", "-", "--reason", "asked for", "--wait", "--json", given=f"{person}\n"
    )
    assert done.returncode == 0, done.stderr
    erasure = json.loads(done.stdout)
    assert (erasure["rows_deleted"]["logs"], erasure["stage"]) == (LINES, "removed")
    assert platform.count("service:courses") == before - LINES
    assert platform.count('service:eduscope "person erased"') >= 1
    file = tmp_path / "certificate.json"
    file.write_text(privacy(platform, "certificate", str(erasure["erasure_id"])).stdout)
    verified = privacy(platform, "verify", str(file))
    assert verified.returncode == 0, verified.stderr
    fingerprint = verified.stdout.split()[-1]
    assert privacy(platform, "verify", str(file), "--key", fingerprint).returncode == 0
    assert privacy(platform, "verify", str(file), "--key", "SHA256:another").returncode == 1
    file.write_text(file.read_text().replace(f'"logs": {LINES}', '"logs": 1'))
    forged = privacy(platform, "verify", str(file))
    assert (forged.returncode, "was changed" in forged.stderr) == (1, True)
    again = privacy(platform, "erase", "--subject", person, "--reason", "asked for")
    assert f"erased before, by erasure {erasure['erasure_id']}" in again.stdout


@pytest.mark.slow
def test_kill_9_in_the_middle_is_resumed_at_start(own_platform: Platform) -> None:
    own_platform.start()
    for round_, delay_seconds in enumerate(DELAYS_SECONDS):
        person = f"person of round {round_}"
        send(own_platform, person)
        send(own_platform, "somebody else")
        asked = threading.Thread(target=ask, args=(own_platform.url, person))
        asked.start()
        time.sleep(delay_seconds)
        own_platform.stop(signal.SIGKILL)
        asked.join()
        own_platform.start()
        settled(own_platform)
        # Whatever came of the first request: the second is safe, and then nothing of the person is left.
        ask(own_platform.url, person)
        erasures = settled(own_platform)
        own = [e for e in erasures if e["reason"] == f"wish of round {person[-1]}"]
        assert sum(e["rows_deleted"]["logs"] for e in own) == LINES
        assert own_platform.count("service:courses") == LINES * (round_ + 1)


def ask(url: str, person: str) -> None:
    """Asks for an erasure; the platform may die over it."""
    wanted = {"subject": person, "reason": f"wish of round {person[-1]}"}
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    try:
        httpx.post(f"{url}/api/privacy/erasures", json=wanted, headers=headers, timeout=60)
    except httpx.TransportError:
        return
