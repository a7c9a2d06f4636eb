"""Debug lines of a service in production, let through by a real platform, and all of it on record."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.conftest import ADMIN_TOKEN, INGEST_KEY, Platform

import eduscope

WAIT_SECONDS = 20
log = eduscope.get_logger()


@pytest.fixture
def service(platform: Platform, request: pytest.FixtureRequest) -> Iterator[str]:
    """A service of the test's own, in production, sending to the platform."""
    name = f"svc-{request.node.name[-40:]}".replace("_", "-")
    eduscope.init(
        service=name, environment="production", stdout=False, tracing=False, endpoint=platform.url,
        ingest_key=INGEST_KEY, export_interval_seconds=0.05,
    )  # fmt: skip
    yield name
    eduscope.shutdown()


def until(holds: Callable[[], object], tick: Callable[[], object] = lambda: None) -> None:
    """Waits for it, ticking."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        tick()
        time.sleep(0.1)


def is_open() -> bool:
    return eduscope.logging.lines().threshold == 10


def run(platform: Platform, *words: str) -> str:
    """What `eduscope debug …` prints."""
    environment = os.environ | {"EDUSCOPE_ADMIN_TOKEN": ADMIN_TOKEN}
    command = [sys.executable, "-m", "eduscope_server.main", "debug", *words, "--url", platform.url]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def told(platform: Platform, message: str, service: str) -> list[dict[str, Any]]:
    """The platform's own lines about a service's windows."""
    sent = {"query": f'service:eduscope "{message}"', "from": "-1h", "to": "now"}
    logs: list[dict[str, Any]] = platform.reader.get("/api/logs", params=sent).json()["logs"]
    return [line for line in logs if line["attributes"]["debug.service_name"] == service]


def test_a_window_opens_is_heard_of_closes_and_is_on_record(platform: Platform, service: str) -> None:
    log.debug("too early")
    log.info("one")
    eduscope.flush(5)
    printed = run(
        platform, "open", "--service", service, "--environment", "production",
        "--minutes", "5", "--reason", "grades of anna@school.example are late",
    )  # fmt: skip
    number = printed.split()[2]
    until(is_open, lambda: log.info("going on"))
    log.debug("inside")
    assert f"{number} {service} production 5 min left" in " ".join(run(platform, "list").split())
    run(platform, "close", number)
    until(lambda: not is_open(), lambda: log.info("going on"))
    log.debug("too late")
    eduscope.flush(5)
    for message, count in (
        ("too early", 0), ("inside", 1), ("too late", 0), ("debug window began", 1), ("debug window ended", 1),
    ):  # fmt: skip
        assert platform.count(f'service:{service} "{message}"') == count, message
    (opened,) = told(platform, "debug window opened", service)
    (closed,) = told(platform, "debug window closed", service)
    assert opened["log_level"] == "warning"
    assert opened["user_id"].startswith("usr_")
    assert opened["user_id"] == closed["user_id"]
    assert opened["attributes"]["debug.environment"] == "production"
    assert opened["attributes"]["debug.minutes"] == 5
    assert opened["attributes"]["debug.reason"] == "grades of [EMAIL] are late"


def test_a_window_of_another_environment_is_not_for_it(platform: Platform, service: str) -> None:
    wanted = {"service": service, "environment": "staging", "minutes": 5, "reason": "somewhere else"}
    platform.reader.post("/api/debug-windows", json=wanted).raise_for_status()
    for _ in range(5):
        log.info("going on")
        eduscope.flush(5)
    assert not is_open()
