from collections.abc import Iterator

import pytest
import structlog

import eduscope
from eduscope.bridges.structlog import write
from eduscope.counters import Counters
from eduscope.privacy import is_token
from eduscope.testing import Captured, capture


@pytest.fixture
def log() -> Iterator[structlog.typing.FilteringBoundLogger]:
    """structlog as a service configures it, with what other processors add."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            write,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(0),
    )
    yield structlog.get_logger()
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_an_event_becomes_a_line(
    log: structlog.typing.FilteringBoundLogger, seen: Captured, capfd: pytest.CaptureFixture[str]
) -> None:
    structlog.contextvars.bind_contextvars(tenant_id="t1")
    with eduscope.bind(correlation_id="journey-1"):
        log.bind(course_id="c-1").info(
            "mail to anna@school.example", count=3, nickname="Anni", duration_ms=2.5
        )
    (line,) = seen.lines
    assert (line["message"], line["log_level"], line["duration_ms"]) == ("mail to [EMAIL]", "info", 2.5)
    assert (line["course.id"], line["count"]) == ("c-1", 3)
    assert (line["tenant_id"], line["correlation_id"]) == ("t1", "journey-1")
    assert is_token(line["nickname"])
    assert capfd.readouterr().out == ""


def test_levels_and_exceptions(log: structlog.typing.FilteringBoundLogger, seen: Captured) -> None:
    for method in ("debug", "info", "warning", "warn", "error", "critical", "fatal"):
        getattr(log, method)("said")
    try:
        raise ValueError("no")
    except ValueError:
        log.exception("broke")
        log.warning("odd", exc_info=True)
    levels = [line["log_level"] for line in seen.lines]
    assert levels == [
        "debug",
        "info",
        "warning",
        "warning",
        "error",
        "critical",
        "critical",
        "error",
        "warning",
    ]
    assert [line.get("exception.type") for line in seen.lines[-2:]] == ["ValueError"] * 2


def test_debug_is_not_written_in_production(log: structlog.typing.FilteringBoundLogger) -> None:
    with capture(environment="production") as seen:
        log.debug("said")
        log.info("said")
    assert len(seen.lines) == 1


def test_a_hostile_event_costs_the_host_nothing(
    log: structlog.typing.FilteringBoundLogger, seen: Captured, fresh_counters: Counters
) -> None:
    class Rude:
        def __str__(self) -> str:
            raise RuntimeError("no")

        __repr__ = __str__

    log.info(Rude(), value=Rude(), timestamp=Rude(), level=Rude(), logger=Rude())  # type: ignore[arg-type]
    assert seen.lines[0]["message"] == "[unreadable]"
    assert not fresh_counters.failures
