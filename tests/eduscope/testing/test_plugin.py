"""The pytest plugin, as a host's project has it: found by its entry point, in a process of its own."""

import subprocess
import sys
from pathlib import Path

HOST_TESTS = """
import eduscope
from eduscope.counters import counters
from eduscope.testing import Captured, FakeClock

log = eduscope.get_logger()

def test_recorded(eduscope_capture: Captured, eduscope_clock: FakeClock) -> None:
    with eduscope.bind(tenant_id="north"):
        log.info("quiz opened")
        eduscope_clock.advance(60)
        log.info("quiz handed in")
    assert eduscope_capture.assert_correlated() == f"{1:032x}"
    assert eduscope_capture.only(message="quiz handed in")["timestamp"] == "2026-09-21T14:14:20.000000Z"

def test_every_test_starts_anew(eduscope_capture: Captured) -> None:
    assert eduscope_capture.lines == []

def test_fault(eduscope_capture: Captured) -> None:
    counters.failure("asgi")
"""


def run(folder: Path, *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    return ended.stdout + ended.stderr


def test_a_host_has_the_fixtures(tmp_path: Path) -> None:
    (tmp_path / "test_host.py").write_text(HOST_TESTS, encoding="utf-8")
    told = run(tmp_path, "-m", "pytest", "-q", "-W", "error", "-p", "no:asyncio", "-p", "no:cacheprovider")
    assert "3 passed, 1 error" in told, told
    assert "EduScope failed inside itself, in these parts: {'asgi': 1}" in told


def test_the_plugin_loads_neither_opentelemetry_nor_prometheus(tmp_path: Path) -> None:
    heavy = "print([m for m in sys.modules if m.split('.')[0] in ('opentelemetry', 'prometheus_client')])"
    assert run(tmp_path, "-c", f"import eduscope.testing.plugin, sys; {heavy}").strip() == "[]"
