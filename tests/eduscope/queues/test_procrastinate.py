"""procrastinate with its connector in memory, and once with a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import procrastinate
import pytest
from opentelemetry.trace import SpanKind, StatusCode
from procrastinate.testing import InMemoryConnector
from tests.eduscope.queues.jobs import check_chain, job_lines

import eduscope
import eduscope.queues
from eduscope import metrics
from eduscope.queues.procrastinate import CARRIER, middleware
from eduscope.queues.procrastinate_depth import measure
from eduscope.testing import Captured

log = eduscope.get_logger()


def school(connector: Any) -> procrastinate.App:
    """An application with one of every kind of task."""
    app = procrastinate.App(connector=connector)

    @app.task(name="grade", queue="grading")
    async def grade(course: str) -> None:
        log.info("graded", course_id=course)

    @app.task(name="grade_slowly", queue="grading")
    def grade_slowly(course: str) -> None:
        log.info("graded", course_id=course)

    @app.task(name="fail", queue="grading")
    async def fail(name: str) -> None:
        raise ValueError("no mail for anna@school.example")

    @app.task(name="retry", queue="grading", retry=procrastinate.RetryStrategy(max_attempts=1))
    async def retry() -> None:
        raise ConnectionError("the model is away")

    @app.task(name="slow", queue="grading")
    async def slow() -> None:
        await asyncio.sleep(60)

    return app


@pytest.fixture
async def app() -> AsyncIterator[procrastinate.App]:
    """The application, observed, its jobs in memory."""
    observed = eduscope.queues.procrastinate.instrument(school(InMemoryConnector()))
    async with observed.open_async():
        yield observed


async def work_off(app: procrastinate.App, **options: Any) -> None:
    """Does every job there is."""
    await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False, **options)


@pytest.mark.parametrize("task", ["grade", "grade_slowly"])
async def test_a_job_goes_on_with_correlation_tenant_and_trace(
    app: procrastinate.App, seen: Captured, task: str
) -> None:
    with (
        eduscope.bind(tenant_id="t1", user_id="anna", correlation_id="c" * 8),
        eduscope.tracing.span("request"),
    ):
        await app.configure_task(task).defer_async(course="c-101")
    await work_off(app)
    graded, line = seen.lines
    expected = {
        "message": "job done", "log_level": "info", "correlation_id": "c" * 8, "tenant_id": "t1", "user_id": "",
        "job.name": task, "job.outcome": "succeeded", "attempt": 1, "messaging.system": "procrastinate",
        "messaging.destination.name": "grading", "trace_id": graded["trace_id"], "span_id": graded["span_id"],
    }  # fmt: skip
    assert {name: line[name] for name in expected} == expected
    assert (graded["correlation_id"], graded["course.id"]) == ("c" * 8, "c-101")
    assert 0 <= line["queue_wait_ms"] < 10_000
    check_chain(seen, task)


async def test_a_batch_is_one_span_and_each_job_its_child(app: procrastinate.App, seen: Captured) -> None:
    with eduscope.bind(correlation_id="c" * 8):
        await app.configure_task("grade").batch_defer_async({"course": "c-1"}, {"course": "c-2"})
    await work_off(app)
    sent = seen.span("send grade")
    assert sent.attributes is not None
    assert sent.attributes["messaging.batch.message_count"] == 2
    assert [line["correlation_id"] for line in job_lines(seen)] == ["c" * 8] * 2


async def test_a_job_that_fails_is_one_error_with_frames(
    app: procrastinate.App, seen: Captured, stdlib_lines: None
) -> None:
    await app.configure_task("fail").defer_async(name="Anna Example")
    await work_off(app)
    (line,) = job_lines(seen)
    assert (line["message"], line["job.outcome"], line["log_level"]) == ("job failed", "failed", "error")
    assert line["exception.message"] == "no mail for [EMAIL]"
    assert "in fail" in line["exception.stacktrace"]
    assert [one for one in seen.lines if one["log_level"] == "error"] == [line]
    assert b"Anna Example" not in b"".join(seen.raw)
    assert seen.span("process fail").status.status_code is StatusCode.ERROR


async def test_a_job_that_is_tried_again_says_so(app: procrastinate.App, seen: Captured) -> None:
    with eduscope.bind(correlation_id="c" * 8):
        await app.configure_task("retry").defer_async()
    await work_off(app)
    await work_off(app)
    first, second = job_lines(seen)
    assert (first["job.outcome"], first["attempt"]) == ("retried", 1)
    assert (second["job.outcome"], second["attempt"]) == ("failed", 2)
    assert {first["correlation_id"], second["correlation_id"]} == {"c" * 8}


async def test_a_job_that_is_aborted_is_no_error(app: procrastinate.App, seen: Captured) -> None:
    await app.configure_task("slow").defer_async()
    worker = asyncio.create_task(
        app.run_worker_async(
            wait=False, install_signal_handlers=False, listen_notify=False, shutdown_graceful_timeout=0
        )
    )
    await asyncio.sleep(0.2)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    (line,) = job_lines(seen)
    assert (line["job.outcome"], line["log_level"]) == ("aborted", "warning")


async def test_a_worker_with_middleware_of_its_own_is_given_ours(seen: Captured) -> None:
    app = eduscope.queues.procrastinate.instrument(school(InMemoryConnector()))
    around: list[str] = []

    async def own(call_next: Any, context: Any, worker: Any) -> Any:
        around.append(context.job.task_name)
        return await call_next()

    async with app.open_async():
        await app.configure_task("grade").defer_async(course="c-101")
        await work_off(app, worker_middleware=[middleware, own])
    assert around == ["grade"]
    assert len(job_lines(seen)) == 1


async def test_instrumenting_twice_observes_once(app: procrastinate.App, seen: Captured) -> None:
    eduscope.queues.procrastinate.instrument(app)
    await app.configure_task("grade").defer_async(course="c-101")
    await work_off(app)
    assert len(job_lines(seen)) == 1
    assert len([span for span in seen.spans if span.kind is SpanKind.PRODUCER]) == 1


@pytest.mark.parametrize(
    "carrier",
    [
        None, "text", [1], {"traceparent": "00-zz"}, {"x-correlation-id": "evil\n" * 3_000, "baggage": "a" * 10_000},
        {"eduscope-sent-at": "9" * 40}, {"eduscope-sent-at": "-1"}, {"x-correlation-id": None, "1": {"a": []}},
    ],
)  # fmt: skip
async def test_a_hostile_carrier_harms_nothing(seen: Captured, carrier: object) -> None:
    observed = eduscope.queues.procrastinate.instrument(school(InMemoryConnector()))
    plain = school(observed.connector)
    async with observed.open_async():
        await plain.configure_task("grade").defer_async(course="c-101", **{CARRIER: carrier})  # type: ignore[arg-type]
        await work_off(observed)
    (line,) = job_lines(seen)
    assert (line["job.outcome"], len(line["correlation_id"])) == ("succeeded", 32)
    assert line.get("queue_wait_ms", 0) >= 0


async def test_a_real_database_and_the_depth_of_its_queue(postgres_address: str, seen: Captured) -> None:
    app = school(procrastinate.PsycopgConnector(conninfo=postgres_address, min_size=1, max_size=3))
    eduscope.queues.procrastinate.instrument(app)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        with eduscope.bind(tenant_id="t1", correlation_id="c" * 8):
            for task in ("grade", "grade_slowly"):
                await app.configure_task(task).defer_async(course="c-101")
        await measure(app)
        assert depth() == 2
        await work_off(app)
        await measure(app)
        assert depth() == 0
    assert {line["correlation_id"] for line in job_lines(seen)} == {"c" * 8}
    assert {line["tenant_id"] for line in job_lines(seen)} == {"t1"}
    assert [line["job.outcome"] for line in job_lines(seen)] == ["succeeded"] * 2
    assert all(line["job.id"].isdigit() for line in job_lines(seen))


def depth() -> float:
    """What `/metrics` says of the queue."""
    labels = 'messaging_destination_name="grading",messaging_system="procrastinate"'
    (line,) = [
        one
        for one in metrics.text().decode().splitlines()
        if one.startswith(f"messaging_queue_depth{{{labels}}}")
    ]
    return float(line.rpartition(" ")[2])
