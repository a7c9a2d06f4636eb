"""Records of `logging` as lines; `test_servers_lines.py` has the real servers."""

import json
import logging
import logging.config
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from django.test import RequestFactory
from django.utils.log import log_response

import eduscope
from eduscope.standard_logging import Capture
from eduscope.testing import Captured


@pytest.fixture
def captured(seen: Captured, monkeypatch: pytest.MonkeyPatch) -> Iterator[Captured]:
    """All of `logging` is recorded. pytest's own handlers stand aside: they make the root look configured."""
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", logging.WARNING)
    capture = Capture(logging.INFO)
    yield seen
    capture.end()


@pytest.mark.parametrize(
    ("number", "level"),
    [(5, "debug"), (10, "debug"), (25, "info"), (30, "warning"), (45, "error"), (50, "critical"), (99, "critical")],
)  # fmt: skip
def test_a_level_is_the_nearest_of_ours_below_it(captured: Captured, number: int, level: str) -> None:
    logger = logging.getLogger("levels")
    logger.setLevel(1)
    logger.log(number, "said")
    assert captured.lines[0]["log_level"] == level


def test_a_root_that_nobody_configured_hands_on_what_we_write(captured: Captured) -> None:
    logging.getLogger("a.library").info("ready")
    logging.getLogger("a.library").debug("not wanted")
    assert [line["message"] for line in captured.lines] == ["ready"]


def test_libraries_debug_is_for_those_who_ask_for_it(seen: Captured) -> None:
    capture = Capture(logging.DEBUG)
    try:
        logging.getLogger("talkative").debug("arguments")
        logging.getLogger("asked").setLevel(logging.DEBUG)
        logging.getLogger("asked").debug("wanted")
    finally:
        capture.end()
        logging.getLogger("asked").setLevel(logging.NOTSET)
    assert [line["message"] for line in seen.lines] == ["wanted"]


def test_consoles_are_taken_files_are_spared_and_all_is_put_back(seen: Captured, tmp_path: Path) -> None:
    logger = logging.getLogger("printing")
    console, file = logging.StreamHandler(sys.stderr), logging.FileHandler(tmp_path / "out.log")
    logger.handlers, logger.propagate = [console, file], False
    capture = Capture(logging.INFO)
    try:
        logger.warning("said")
        assert logger.handlers == [file]
    finally:
        capture.end()
        file.close()
    assert logger.handlers == [file, console]
    assert not logger.propagate
    assert [line["message"] for line in seen.lines] == ["said"]
    assert capture.handler not in logging.getLogger().handlers


def test_a_later_configuration_is_followed(captured: Captured, capfd: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig({
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}},
        "loggers": {"late": {"handlers": ["console"], "level": "INFO", "propagate": False}},
        "root": {"handlers": ["console"], "level": "INFO"},
    })  # fmt: skip
    logging.getLogger("late").info("one")
    logging.getLogger("other").info("two")
    assert [line["message"] for line in captured.lines] == ["one", "two"]
    assert capfd.readouterr().err == ""


def test_a_console_that_comes_later_is_taken_too(
    captured: Captured, capfd: pytest.CaptureFixture[str]
) -> None:
    library = logging.getLogger("a.late.library")
    console = logging.StreamHandler()
    library.addHandler(console)
    library.propagate = False
    library.warning("ready")
    logging.basicConfig(force=True)
    logging.getLogger("another.library").warning("here")
    assert [line["message"] for line in captured.lines] == ["ready", "here"]
    assert capfd.readouterr() == ("", "")
    library.propagate = True
    library.warning("once")
    assert [line["message"] for line in captured.lines] == ["ready", "here", "once"]


def test_a_logger_that_keeps_its_records_to_itself_is_heard(
    captured: Captured, capfd: pytest.CaptureFixture[str]
) -> None:
    """`multiprocessing` has one, and billiard, which tells by it that a worker of Celery was killed."""
    alone = logging.getLogger("a.lonely.library")
    alone.propagate = False
    alone.info("nothing")
    alone.error("worker exited")
    assert [line["message"] for line in captured.lines] == ["worker exited"]
    assert capfd.readouterr() == ("", "")


def test_a_console_that_came_later_is_put_back(seen: Captured) -> None:
    before = logging.Logger.addHandler
    capture = Capture(logging.INFO)
    library, console = logging.getLogger("a.later.library"), logging.StreamHandler()
    library.addHandler(console)
    capture.end()
    assert library.handlers == [console]
    library.removeHandler(console)
    assert logging.Logger.addHandler is before


def test_a_warning_is_a_line_without_its_source(captured: Captured) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)  # `catch_warnings` has put back what was there before
        warnings.warn("mail anna@school.example", UserWarning, stacklevel=1)
    (line,) = captured.lines
    assert line["message"] == "UserWarning: mail [EMAIL]"
    assert line["code.file.path"].endswith("test_standard_logging.py")
    assert line["code.line.number"] > 1


def test_a_statement_is_told_without_its_values(captured: Captured) -> None:
    engine = sqlalchemy.create_engine("sqlite://", echo="debug")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("SELECT 'anna schmidt', :mail"), {"mail": "anna-7"}).all()
    engine.dispose()
    text = b"".join(captured.raw)
    assert b"anna" not in text
    messages = [line["message"] for line in captured.lines]
    assert any(message.startswith("SELECT ?") for message in messages)
    assert "parameters withheld" in messages


def test_a_django_refusal_is_told_without_its_path(captured: Captured) -> None:
    import tests.eduscope.conformance.django_service  # noqa: F401 - it sets up Django, which a process does once
    from django.http import HttpResponse

    request = RequestFactory().get("/students/anna-schmidt")
    response = HttpResponse(status=404)
    log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
    (line,) = captured.lines
    assert (line["message"], line["http.response.status_code"]) == ("Not Found", 404)
    assert b"anna" not in captured.raw[0]


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_a_call_of_httpx_is_told_without_its_path(captured: Captured, name: str) -> None:
    library = pytest.importorskip(name)
    transport = library.MockTransport(lambda request: library.Response(204))
    with library.Client(transport=transport) as client:
        client.get("https://grades.example/students/anna?token=secret")
    (line,) = [line for line in captured.lines if line["log.logger"] == name]
    assert (line["message"], line["http.response.status_code"]) == ("request sent", 204)
    assert line["server.address"] == "grades.example"
    assert b"anna" not in captured.raw[0]


ACCESS: list[tuple[str, str, Any, dict[str, Any]]] = [
    ("gunicorn.access", "%(h)s %(r)s", {"h": "203.0.113.7", "r": "GET /anna", "m": "GET", "s": "404", "D": 1500},
     {"http.request.method": "GET", "http.response.status_code": 404, "duration_ms": 1.5}),
    ("werkzeug", '203.0.113.7 - - [now] "%s" %s %s', ("\x1b[33mPOST /anna?x=1 HTTP/1.1\x1b[0m", 302, "-"),
     {"http.request.method": "POST", "http.response.status_code": 302}),
    ("django.server", '"%s" %s %s', ("GET /anna HTTP/1.1", 200, 12), {"http.response.status_code": 200}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "arguments", "expected"), ACCESS, ids=lambda value: str(value)[:16])
def test_an_access_line_is_read_by_its_parts(
    captured: Captured, name: str, text: str, arguments: Any, expected: dict[str, Any]
) -> None:
    record = logging.LogRecord(name, logging.INFO, __file__, 1, text, None, None)
    record.args = arguments
    logging.getLogger(name).handle(record)
    (line,) = captured.lines
    assert {key: line[key] for key in expected} == expected
    assert b"anna" not in captured.raw[0]
    assert b"203.0.113.7" not in captured.raw[0]


def test_a_record_of_an_unknown_form_costs_its_words_alone(captured: Captured) -> None:
    for name in ("uvicorn.access", "granian.access", "httpx", "gunicorn.access"):
        logging.getLogger(name).warning("something else: /students/anna %s", 3)
    assert len(captured.lines) == 4
    assert b"anna" not in b"".join(captured.raw)


def test_a_query_string_in_somebodys_message_is_dropped(captured: Captured) -> None:
    logging.getLogger("a.library").warning(
        "GET https://a.example/search?q=anna+schmidt&page=2 took long, why?"
    )
    assert captured.lines[0]["message"] == "GET https://a.example/search took long, why?"


def test_it_may_be_turned_off(stopped: None, capfd: pytest.CaptureFixture[str]) -> None:
    eduscope.init(service="courses", stdlib_logging=False, tracing=False)
    logging.getLogger("a.library").warning("said")
    eduscope.get_logger().info("ours")
    assert [json.loads(line)["message"] for line in capfd.readouterr().out.splitlines()] == ["ours"]


def test_a_celery_task_is_told_without_arguments_and_result(captured: Captured) -> None:
    from celery.app import trace

    data = {"id": "4f3c2b1a-0000-4000-8000-000000000001", "name": "grades.mail", "runtime": 0.25}
    trace.info(
        trace.LOG_SUCCESS, {**data, "return_value": "sent to anna", "args": "('anna',)", "kwargs": "{}"}
    )
    trace.info(trace.LOG_RETRY, {**data, "exc": "no route to anna"})
    succeeded, retried = captured.lines
    assert (succeeded["message"], succeeded["duration_ms"]) == ("task grades.mail succeeded", 250.0)
    assert succeeded["messaging.message.id"] == data["id"]
    assert retried["message"] == "task grades.mail retry"
    assert b"anna" not in b"".join(captured.raw)


async def test_a_procrastinate_job_is_told_without_arguments_and_result(captured: Captured) -> None:
    import procrastinate
    from procrastinate.testing import InMemoryConnector

    app = procrastinate.App(connector=InMemoryConnector())

    @app.task(name="grades.mail")
    def mail(to: str) -> str:
        if to.endswith("7"):
            raise ValueError("no")
        return f"sent to {to})"

    async with app.open_async():
        await mail.defer_async(to="anna) schmidt(")
        await mail.defer_async(to="anna-7")
        await app.run_worker_async(wait=False, install_signal_handlers=False)
    said = [line["message"] for line in captured.lines]
    assert "Starting job grades.mail[1]" in said
    assert "Job grades.mail[1] ended with status: Success" in said
    assert "Job grades.mail[2] ended with status: Error" in said
    assert "ValueError" in {line.get("exception.type") for line in captured.lines}
    assert b"anna" not in b"".join(captured.raw)
