"""From a service, over the doors and the command line, to a text that is read once and then erased."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import ADMIN_TOKEN, INGEST_KEY, Platform

SERVICE = """
import sys, eduscope
eduscope.init(service="tutor", endpoint=sys.argv[1], prose_vault=True)
with eduscope.bind(tenant_id="vault-school", user_id="vera"):
    eduscope.get_logger().info("tutor answered", gen_ai_prompt="Why is the ZANZIBAR sky blue? I am vera@school.example")
assert eduscope.flush(10)
"""


def run(platform: Platform, *words: str) -> str:
    """What a program prints, that has to end well."""
    keys = (platform.folder / "token-keys").read_text().strip()
    done = subprocess.run(
        [sys.executable, *words],
        env={
            "EDUSCOPE_ADMIN_TOKEN": ADMIN_TOKEN,
            "EDUSCOPE_INGEST_KEY": INGEST_KEY,
            "EDUSCOPE_TOKEN_KEYS": keys,
            "EDUSCOPE_URL": platform.url,
            "PATH": "/usr/bin:/bin",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def privacy(platform: Platform, *words: str) -> str:
    """`eduscope privacy …`."""
    return run(platform, "-m", "eduscope_server.main", "privacy", *words)


@pytest.fixture
def vault(platform: Platform) -> Iterator[Platform]:
    """A platform whose vault is on for vault-school."""
    privacy(platform, "vault", "on", "--tenant", "vault-school", "--reason", "agreed with the parents")
    yield platform
    privacy(platform, "vault", "off", "--tenant", "vault-school", "--reason", "the trial is over")


def test_a_text_travels_is_read_for_a_purpose_and_erased(vault: Platform, tmp_path: Path) -> None:
    service = tmp_path / "service.py"
    service.write_text(SERVICE)
    shown = run(vault, str(service), vault.url)
    assert json.loads(shown)["gen_ai.prompt"] == "[withheld:prose]"
    (log,) = vault.reader.get("/api/logs", params={"query": "service:tutor", "from": "-5m"}).json()["logs"]
    marker = log["attributes"]["gen_ai.prompt"]
    assert marker.startswith("[prose:")
    text = privacy(vault, "reveal", marker, "--purpose", "a complaint about the tutor")
    assert text == "Why is the ZANZIBAR sky blue? I am [EMAIL]\n"
    assert vault.count('service:eduscope "prose revealed"') >= 1
    everything = [file.read_bytes() for file in vault.folder.rglob("*") if file.is_file()]
    assert not any(b"ZANZIBAR" in data or b"vera@school" in data for data in everything)
    started = time.monotonic()
    privacy(vault, "erase", "--subject", "vera", "--tenant", "vault-school", "--reason", "asked for")
    path = f"/api/prose/{marker[7:-1]}/reveal"
    answer = vault.reader.post(path, json={"purpose": "a complaint about the tutor"})
    assert answer.status_code == 404
    assert time.monotonic() - started < 30
    assert vault.count("service:tutor") == 0


def test_whose_is_on_is_listed(vault: Platform) -> None:
    assert "vault-school" in privacy(vault, "vault").split()
    assert "30 days" in privacy(vault, "under-13")
    privacy(vault, "under-13", "--tenant", "vault-school", "--days", "9", "--reason", "a contract says so")
    assert "vault-school: 9 days" in privacy(vault, "under-13")
