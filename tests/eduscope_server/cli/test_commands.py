"""The commands against a running platform."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from tests.conftest import ADMIN_TOKEN, Platform, free_port

from eduscope_server.access import is_key

EDUSCOPE = Path(sys.executable).with_name("eduscope")
CORRELATION = "cli-test-0123456789"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def run(platform: Platform, *arguments: str, key: str = ADMIN_TOKEN) -> "subprocess.CompletedProcess[str]":
    """Runs `eduscope` against the platform."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("EDUSCOPE_")}
    return subprocess.run(
        [str(EDUSCOPE), *arguments],
        env=inherited | {"EDUSCOPE_READ_KEY": key, "EDUSCOPE_URL": platform.url, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module", autouse=True)
def sent(platform: Platform) -> None:
    """One log line that a hostile client wrote, and one span."""
    line = {
        "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "log_level": "error",
        "service_name": "cli-test",
        "correlation_id": CORRELATION,
        "tenant_id": "north",
        "user_id": "",
        "request_id": "",
        "duration_ms": 12.5,
        "message": "red \u001b[31m alert",
        "environment": "test",
        "release": "1",
        "trace_id": TRACE,
        "span_id": "",
        "http.route": "/courses/{course_id}",
    }
    answer = platform.sender.post(
        "/v1/ndjson", content=json.dumps(line) + "\n", headers={"Content-Type": "application/x-ndjson"}
    )
    assert answer.is_success, answer.text
    now_ns = int(datetime.now(UTC).timestamp() * 1e9)
    span = {
        "traceId": TRACE,
        "spanId": "00f067aa0ba902b7",
        "name": "GET /courses",
        "kind": 2,
        "startTimeUnixNano": str(now_ns - 20_000_000),
        "endTimeUnixNano": str(now_ns),
        "attributes": [{"key": "correlation_id", "value": {"stringValue": CORRELATION}}],
    }
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "cli-test"}}]}
    body = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]}
    assert platform.sender.post("/v1/traces", json=body).is_success


def test_logs_shows_what_was_found_and_no_control_character(platform: Platform) -> None:
    answer = run(platform, "logs", "service:cli-test")
    assert "red \\x1b[31m alert" in answer.stdout
    assert "\x1b" not in answer.stdout
    assert "tenant_id=north" in answer.stdout


def test_logs_as_json_is_for_programs(platform: Platform) -> None:
    (line,) = run(platform, "logs", "service:cli-test", "--json").stdout.splitlines()
    assert json.loads(line)["attributes"]["http.route"] == "/courses/{course_id}"


def test_an_unreadable_query_is_explained_with_its_position(platform: Platform) -> None:
    answer = run(platform, "logs", "level:(")
    assert answer.returncode == 1
    assert "at character" in answer.stderr


def test_trace_draws_the_waterfall(platform: Platform) -> None:
    answer = run(platform, "trace", TRACE)
    assert "GET /courses" in answer.stdout
    assert "█" in answer.stdout


def test_correlate_shows_every_kind(platform: Platform) -> None:
    answer = run(platform, "correlate", CORRELATION)
    assert f"{CORRELATION}: 2 records of cli-test" in answer.stdout


def test_a_trace_that_is_not_there_is_an_error(platform: Platform) -> None:
    answer = run(platform, "trace", "0" * 31 + "1")
    assert answer.returncode == 1
    assert answer.stdout == ""


def test_what_is_no_trace_id_is_said_to_be_none(platform: Platform) -> None:
    answer = run(platform, "trace", CORRELATION)
    assert answer.returncode == 2
    assert "expected 32 hexadecimal digits" in answer.stderr
    assert "eduscope correlate" in answer.stderr


def test_an_id_that_nothing_bears_is_an_error(platform: Platform) -> None:
    answer = run(platform, "correlate", "nobody-has-this-one")
    assert answer.returncode == 1
    assert "nothing bears nobody-has-this-one" in answer.stderr


def test_a_search_that_finds_nothing_says_so_beside_the_output(platform: Platform) -> None:
    answer = run(platform, "logs", "service:cli-test", "no-such-word", "--from", "-5m")
    assert (answer.returncode, answer.stdout) == (0, "")
    assert "no log line matches from -5m to now" in answer.stderr


def test_a_key_that_nobody_knows_is_named_by_where_it_came_from(platform: Platform) -> None:
    answer = run(platform, "logs", key="esk_read_of_another_platform")
    assert answer.returncode == 1
    assert "the key of EDUSCOPE_READ_KEY" in answer.stderr
    assert "of_another_platform" not in answer.stderr


def test_an_odd_address_is_refused_before_anything_is_asked(platform: Platform) -> None:
    answer = run(platform, "logs", "--url", "localhost:4400")
    assert answer.returncode == 2
    assert '--url is "localhost:4400"; expected an address such as http://' in answer.stderr


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_data_folder_that_cannot_be_one_is_refused_in_a_sentence(command: str, tmp_path: Path) -> None:
    (file := tmp_path / "file").touch()
    answer = subprocess.run(
        [str(EDUSCOPE), command, "--data", str(file), "--listen", f"127.0.0.1:{free_port()}"]
        + (["--edulearn-port", str(free_port())] if command == "demo" else []),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"eduscope: {file} cannot hold the platform's data")
    assert "--data" in answer.stderr


def test_a_key_is_made_used_listed_and_revoked(platform: Platform) -> None:
    key = run(platform, "keys", "create", "for grafana", "--kind", "read", "--tenant", "north").stdout.strip()
    assert is_key(key)
    assert run(platform, "logs", "service:cli-test", key=key).returncode == 0
    listed = [json.loads(line) for line in run(platform, "keys", "list", "--json").stdout.splitlines()]
    record = next(entry for entry in listed if entry["name"] == "for grafana")
    assert key not in str(listed)
    table = run(platform, "keys", "list").stdout
    assert "for grafana" in table
    assert f" {record['created_at'][:16].replace('T', ' ')}Z " in table
    assert run(platform, "keys", "revoke", str(record["key_id"])).returncode == 0
    refused = run(platform, "logs", key=key)
    assert refused.returncode == 1
    assert "revoked" in refused.stderr
    assert run(platform, "keys", "revoke", str(record["key_id"])).returncode == 1


def test_only_an_admin_makes_keys(platform: Platform) -> None:
    reader = run(platform, "keys", "create", "reader", "--kind", "read").stdout.strip()
    refused = run(platform, "keys", "create", "more", key=reader)
    assert refused.returncode == 1
    assert "only an admin" in refused.stderr


def test_a_link_opens_the_console_once(platform: Platform) -> None:
    link = run(platform, "keys", "link").stdout.strip()
    with httpx.Client() as browser:
        assert browser.get(link).status_code == 303
        assert browser.get(f"{platform.url}/api/session").json()["name"] == "admin"
    assert httpx.get(link).status_code == 401


@pytest.mark.parametrize(
    "wanted",
    [
        {"name": ""},
        {"name": "x", "kind": "admin"},
        {"name": "x", "tenant_id": "a b"},
        {"name": "x", "origins": ["*"]},
    ],
)
def test_an_odd_key_is_not_made(platform: Platform, wanted: dict[str, object]) -> None:
    answer = platform.reader.post("/api/keys", json=wanted)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_a_second_platform_on_the_same_folder_is_refused_and_harms_nothing(platform: Platform) -> None:
    answer = run(platform, "serve", "--data", str(platform.folder), "--listen", "127.0.0.1:0")
    assert answer.returncode == 1
    assert "is in use by process" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert platform.reader.get("/readyz").is_success
    assert platform.count("service:cli-test") == 1
