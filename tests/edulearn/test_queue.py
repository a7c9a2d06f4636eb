"""From a request through the queue to the worker and the model server: one correlation, one trace."""

import asyncio
from uuid import UUID

import httpx
import psycopg
import pytest
from tests.edulearn.conftest import served

from edulearn.chaos import Chaos
from edulearn.database.engine import open_engine, sessions
from edulearn.queue import Queue
from edulearn.services.caller import Caller
from edulearn.services.courses.app import make_app as courses_app
from edulearn.services.model_server.app import make_app as model_server_app
from edulearn.services.worker import grading
from edulearn.services.worker.app import Jobs
from edulearn.settings import Settings
from eduscope.testing import Captured

QUIZ = "/quizzes/riverside-algebra-quiz/submissions"


@pytest.fixture(autouse=True)
def no_jobs(settings: Settings) -> None:
    """No job is left from another test."""
    with psycopg.connect(settings.postgres) as connection:
        connection.execute("TRUNCATE procrastinate_jobs CASCADE")


async def work_off(settings: Settings, models: httpx.AsyncClient) -> None:
    """A worker that does every job there is, and ends."""
    engine, queue = open_engine(settings.postgres), Queue(settings.postgres)
    Jobs(sessions(engine), models, queue).register(sweeping=False)
    await queue.open()
    await queue.app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)
    await queue.close()
    await engine.dispose()


def jobs(settings: Settings) -> list[tuple[str, str]]:
    """Name and state of each job."""
    with psycopg.connect(settings.postgres) as connection:
        return connection.execute(
            "SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id"
        ).fetchall()


async def test_a_submission_is_graded_and_the_correlation_goes_all_the_way(
    settings: Settings, student: Caller, seen: Captured
) -> None:
    headers = student.headers() | {"x-correlation-id": "support-code-2"}
    async with served(courses_app(settings)) as courses, served(model_server_app(settings)) as models:
        seen.clear()
        answer = await courses.post(QUIZ, json={"answers": [1, 1, 3]}, headers=headers)
        await work_off(settings, models)
        path = f"/submissions/{answer.json()['submission_id']}"
        graded = (await courses.get(path, headers=headers)).json()
        suggested = (await courses.get("/recommendations", headers=headers)).json()
    assert (graded["score"], graded["points"]) == (2, 3)
    assert suggested
    done = [
        line for line in seen.lines if line["message"] in ("job done", "model answered", "submission graded")
    ]
    assert [line["message"] for line in done] == [
        "submission graded",
        "job done",
        "model answered",
        "job done",
    ]
    assert {line["correlation_id"] for line in done} == {"support-code-2"}
    assert len({line["trace_id"] for line in done}) == 1
    received = next(line for line in seen.lines if line["message"] == "submission received")
    assert received["trace_id"] == done[0]["trace_id"]
    consumers = {s.name for s in seen.spans if s.kind.name == "CONSUMER"}
    assert consumers == {"process grade_submission", "process recompute_recommendations"}


async def test_a_job_that_runs_twice_grades_once(settings: Settings, student: Caller) -> None:
    engine = open_engine(settings.postgres)
    async with served(courses_app(settings)) as courses:
        answer = await courses.post(QUIZ, json={"answers": [1, 1, 0]}, headers=student.headers())
    submission_id = UUID(answer.json()["submission_id"])
    async with sessions(engine)() as session:
        first = await grading.grade(session, submission_id)
        second = await grading.grade(session, submission_id)
    await engine.dispose()
    assert first is not None
    assert (first.score, first.points) == (3, 3)
    assert second is None


async def test_a_job_fails_loudly_while_the_model_fails_and_is_tried_again(
    settings: Settings, student: Caller, seen: Captured
) -> None:
    Chaos(settings.data).switch("model-error", on=True)
    async with served(courses_app(settings)) as courses, served(model_server_app(settings)) as models:
        await courses.post(QUIZ, json={"answers": [1, 1, 0]}, headers=student.headers())
        await work_off(settings, models)
    assert ("recompute_recommendations", "todo") in jobs(settings)
    failed = next(line for line in seen.lines if line["message"] == "job failed and is tried again")
    assert (failed["log_level"], failed["job.outcome"]) == ("warning", "retried")
    assert failed["exception.type"].endswith("DependencyFailed")


async def test_a_submission_whose_job_was_lost_is_found(settings: Settings, student: Caller) -> None:
    engine = open_engine(settings.postgres)
    async with served(courses_app(settings)) as courses:
        answer = await courses.post(QUIZ, json={"answers": [1, 1, 0]}, headers=student.headers())
    with psycopg.connect(settings.postgres) as connection:
        connection.execute("TRUNCATE procrastinate_jobs CASCADE")
    await asyncio.sleep(0.05)
    async with sessions(engine)() as session:
        assert UUID(answer.json()["submission_id"]) in await grading.forgotten(
            session, older_than_seconds=0.01
        )
        assert await grading.forgotten(session, older_than_seconds=3600) == []
    await engine.dispose()


@pytest.mark.parametrize(
    ("answers", "right", "score"), [([1, 2], [1, 2], 2), ([1], [1, 2], 1), ([], [1], 0), ([-1, 2], [1, 2], 1)]
)
def test_an_answer_that_is_missing_is_wrong(answers: list[int], right: list[int], score: int) -> None:
    assert grading.score_of(answers, right) == score
