"""Celery with a real broker and real workers: one in a thread, one as a process of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from opentelemetry.trace import StatusCode
from tests.eduscope.local_platform import LocalPlatform
from tests.eduscope.queues.jobs import check_chain, job_lines

import eduscope
import eduscope.queues
from eduscope import metrics
from eduscope.queues.celery_depth import Depth
from eduscope.testing import Captured

log = eduscope.get_logger()


def school(broker: str) -> Any:
    """An application with one of every kind of task."""
    app: Any = Celery("school", broker=broker, set_as_current=False)
    app.conf.update(task_default_queue="grading", worker_hijack_root_logger=False)

    def grade(course: str, child: bool = False) -> str:
        log.info("graded")
        if child:
            app.tasks["school.grade"].delay(course)
        return "Anna has an A"

    def fail() -> None:
        raise ValueError("no mail for anna@school.example")

    def retry(self: Any) -> None:
        raise self.retry(exc=ConnectionError("the model is away"))

    app.task(grade, shared=False, name="school.grade")
    app.task(fail, shared=False, name="school.fail")
    app.task(retry, shared=False, name="school.retry", bind=True, max_retries=1, default_retry_delay=0)
    return app


@pytest.fixture
def app(redis_address: str) -> Iterator[Celery]:
    """The application, its worker running in a thread."""
    observed = eduscope.queues.celery.instrument(school(redis_address))
    with start_worker(observed, pool="solo", perform_ping_check=False, loglevel="WARNING"):
        yield observed
    observed.close()


def wait_for(found: Callable[[], Any]) -> Any:
    """What is found within ten seconds."""
    deadline = time.monotonic() + 10
    while not (value := found()):
        assert time.monotonic() < deadline, "nothing came within 10 s"
        time.sleep(0.02)
    return value


def test_a_task_goes_on_with_correlation_tenant_and_trace(app: Celery, seen: Captured) -> None:
    with (
        eduscope.bind(tenant_id="t1", user_id="anna", correlation_id="c" * 8),
        eduscope.tracing.span("request"),
    ):
        app.tasks["school.grade"].delay("c-101")
    (line,) = wait_for(lambda: job_lines(seen))
    graded = next(line for line in seen.lines if line["message"] == "graded")
    expected = {
        "message": "job done", "log_level": "info", "correlation_id": "c" * 8, "tenant_id": "t1", "user_id": "",
        "job.name": "school.grade", "job.outcome": "succeeded", "attempt": 1, "messaging.system": "celery",
        "messaging.destination.name": "grading", "trace_id": graded["trace_id"], "span_id": graded["span_id"],
    }  # fmt: skip
    assert {name: line[name] for name in expected} == expected
    assert graded["correlation_id"] == "c" * 8
    assert line["duration_ms"] > 0
    assert 0 <= line["queue_wait_ms"] < 10_000
    check_chain(seen, "school.grade")
    assert b"Anna has" not in b"".join(seen.raw)


def test_a_task_that_a_task_asks_for_is_of_the_same_trace(app: Celery, seen: Captured) -> None:
    with eduscope.bind(correlation_id="c" * 8):
        app.tasks["school.grade"].delay("c-101", child=True)
    wait_for(lambda: len(job_lines(seen)) == 2)
    assert {line["correlation_id"] for line in seen.lines} == {"c" * 8}
    assert len({line["trace_id"] for line in seen.lines}) == 1


def test_a_task_that_fails_is_one_error_with_frames(app: Celery, seen: Captured, stdlib_lines: None) -> None:
    app.tasks["school.fail"].delay()
    (line,) = wait_for(lambda: job_lines(seen))
    assert (line["message"], line["job.outcome"], line["log_level"]) == ("job failed", "failed", "error")
    assert line["exception.message"] == "no mail for [EMAIL]"
    assert "in fail" in line["exception.stacktrace"]
    assert [one for one in seen.lines if one["log_level"] == "error"] == [line]
    assert seen.span("process school.fail").status.status_code is StatusCode.ERROR


def test_a_task_that_is_tried_again_says_so(app: Celery, seen: Captured) -> None:
    with eduscope.bind(correlation_id="c" * 8):
        app.tasks["school.retry"].delay()
    wait_for(lambda: len(job_lines(seen)) == 2)
    first, second = job_lines(seen)
    assert (first["job.outcome"], first["attempt"], first["log_level"]) == ("retried", 1, "warning")
    assert (second["job.outcome"], second["attempt"], second["log_level"]) == ("failed", 2, "error")
    assert first["exception.type"] == second["exception.type"] == "ConnectionError"
    assert {first["correlation_id"], second["correlation_id"]} == {"c" * 8}


def test_a_task_for_later_did_not_wait(app: Celery, seen: Captured) -> None:
    app.tasks["school.grade"].apply_async(("c-101",), eta=datetime.now(UTC) + timedelta(seconds=0.1))
    (line,) = wait_for(lambda: job_lines(seen))
    assert "queue_wait_ms" not in line


def test_a_task_from_someone_who_is_not_observed_gets_ids_of_its_own(app: Celery, seen: Captured) -> None:
    app.tasks["school.grade"].apply("c-101")
    (line,) = job_lines(seen)
    assert len(line["correlation_id"]) == 32


def test_what_is_done_is_measured(app: Celery, seen: Captured) -> None:
    app.tasks["school.grade"].delay("c-101")
    wait_for(lambda: job_lines(seen))
    Depth(app).measure()
    text = metrics.text().decode()
    labels = 'messaging_system="celery",messaging_destination_name="grading",job_name="school.grade"'
    labels = ",".join(sorted(labels.split(",")))
    for name in ("process_duration", "queue_wait", "client_operation_duration"):
        assert f"messaging_{name}_seconds" in text
    assert 'messaging_queue_depth{messaging_destination_name="grading",messaging_system="celery"} 0.0' in text


def test_a_broker_that_is_away_is_the_callers_error_and_the_spans(seen: Captured) -> None:
    app = eduscope.queues.celery.instrument(school("redis://127.0.0.1:1/0"))
    app.conf.broker_transport_options = {"socket_connect_timeout": 1, "max_retries": 0}
    for _ in range(2):
        with pytest.raises(Exception, match="refused"):
            app.tasks["school.grade"].apply_async(("c-101",), retry=False)
    (span,) = seen.spans
    assert (span.name, span.status.status_code) == ("send school.grade", StatusCode.ERROR)


WORKER = """
import eduscope
eduscope.init(service="worker")
from tests.eduscope.queues.test_celery import school
import eduscope.queues
app = eduscope.queues.celery.instrument(school("{broker}"))
app.conf.worker_hijack_root_logger = True
app.worker_main(["worker", "--pool=prefork", "--concurrency=1", "--loglevel=INFO", "--without-mingle"])
"""


def test_a_worker_process_writes_lines_of_one_shape_and_sends_them_before_its_end(
    redis_address: str, tmp_path: Path, platform: LocalPlatform
) -> None:
    broker = redis_address.removesuffix("/0") + "/1"
    with (tmp_path / "out").open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER.format(broker=broker)],
            stdout=out,
            stderr=subprocess.DEVNULL,
            env={k: v for k, v in os.environ.items() if not k.startswith("EDUSCOPE_")}
            | {
                "PYTHONPATH": ".",
                "EDUSCOPE_ENDPOINT": platform.url,
                "EDUSCOPE_EXPORT_INTERVAL_SECONDS": "60",
            },
        )
        app = eduscope.queues.celery.instrument(school(broker))
        with eduscope.bind(tenant_id="t1", correlation_id="from-outside"):
            app.tasks["school.grade"].delay("c-101")
            app.tasks["school.fail"].delay()

        def done() -> list[dict[str, Any]]:
            lines = [
                json.loads(line) for line in (tmp_path / "out").read_bytes().splitlines() if line[:1] == b"{"
            ]
            return lines if sum("job.name" in line for line in lines) == 2 else []

        try:
            lines = wait_for_long(done)
        finally:
            worker.terminate()
            worker.wait(20)
    jobs = [line for line in lines if "job.name" in line]
    assert {line["correlation_id"] for line in jobs} == {"from-outside"}
    assert {line["tenant_id"] for line in jobs} == {"t1"}
    assert {line["job.outcome"] for line in jobs} == {"succeeded", "failed"}
    assert [line["message"] for line in lines if line["log_level"] == "error"] == ["job failed"]
    assert "Anna has" not in (tmp_path / "out").read_text()
    sent = [line for line in platform.lines() if "job.name" in line]
    assert {line["job.outcome"] for line in sent} == {"succeeded", "failed"}


def wait_for_long(found: Callable[[], Any]) -> Any:
    """What is found while a worker process starts."""
    deadline = time.monotonic() + 30
    while not (value := found()):
        assert time.monotonic() < deadline, "the worker did not do its jobs within 30 s"
        time.sleep(0.1)
    return value
