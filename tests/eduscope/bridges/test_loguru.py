from collections.abc import Iterator
from typing import Any

import loguru
import pytest

from eduscope.bridges.loguru import handler
from eduscope.privacy import is_token
from eduscope.testing import Captured, capture


@pytest.fixture
def log() -> Iterator[Any]:
    """loguru with our sink alone."""
    loguru.logger.configure(handlers=[handler()])  # type: ignore[list-item]
    yield loguru.logger
    loguru.logger.remove()


def test_a_message_becomes_a_line(log: Any, seen: Captured, capfd: pytest.CaptureFixture[str]) -> None:
    log.bind(course_id="c-1", nickname="Anni").info("mail to {} failed", "anna@school.example")
    with log.contextualize(tenant_id="t1"):
        log.success("sent")
    first, second = seen.lines
    assert (first["message"], first["log_level"], first["course.id"]) == (
        "mail to [EMAIL] failed",
        "info",
        "c-1",
    )
    assert first["log.logger"].endswith("test_loguru")
    assert is_token(first["nickname"])
    assert (second["log_level"], second["tenant_id"]) == ("info", "t1")
    assert capfd.readouterr().err == ""


def test_an_exception_has_frames_and_no_values(log: Any, seen: Captured) -> None:
    def grade(secret: str) -> None:
        raise ValueError("no grade for " + secret)

    with log.catch():
        grade("anna@school.example")
    (line,) = seen.lines
    assert (line["log_level"], line["exception.type"]) == ("error", "ValueError")
    assert line["exception.message"] == "no grade for [EMAIL]"
    assert "in grade" in line["exception.stacktrace"]
    assert b"anna" not in seen.raw[0]


def test_debug_and_trace_are_not_written_in_production(log: Any) -> None:
    with capture(environment="production") as seen:
        for method in ("trace", "debug", "info", "warning", "error", "critical"):
            getattr(log, method)("said")
    assert [line["log_level"] for line in seen.lines] == ["info", "warning", "error", "critical"]
