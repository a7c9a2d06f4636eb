"""The courses service on a real PostgreSQL."""

import asyncio
import time
from uuid import uuid4

import pytest
from tests.edulearn.conftest import served

from edulearn.chaos import Chaos
from edulearn.services.caller import Caller
from edulearn.services.courses.app import make_app
from edulearn.settings import Settings
from eduscope.testing import Captured


async def test_a_learner_sees_the_courses_of_their_school_and_which_they_take(
    settings: Settings, student: Caller
) -> None:
    async with served(make_app(settings)) as client:
        courses = (await client.get("/courses", headers=student.headers())).json()
    assert len(courses) >= 8
    assert all(course["course_id"].startswith("riverside-") for course in courses)
    assert any(course["enrolled"] for course in courses)


async def test_what_another_school_has_is_not_found(settings: Settings, stranger: Caller) -> None:
    async with served(make_app(settings)) as client:
        for path in ("/courses/riverside-algebra", "/quizzes/riverside-algebra-quiz"):
            assert (await client.get(path, headers=stranger.headers())).status_code == 404


async def test_passages_come_in_the_order_asked_for_and_of_the_own_school_only(
    settings: Settings, student: Caller, stranger: Caller
) -> None:
    async with served(make_app(settings)) as client:
        course = (await client.get("/courses/riverside-algebra", headers=student.headers())).json()
        ids = [p["passage_id"] for p in course["passages"]][::-1]
        own = (await client.get("/passages", params={"ids": ids}, headers=student.headers())).json()
        other = (await client.get("/passages", params={"ids": ids}, headers=stranger.headers())).json()
    assert [p["passage_id"] for p in own] == ids
    assert other == []


async def test_a_quiz_does_not_tell_its_answers(settings: Settings, student: Caller) -> None:
    async with served(make_app(settings)) as client:
        quiz = (await client.get("/quizzes/riverside-algebra-quiz", headers=student.headers())).json()
    assert quiz["questions"]
    assert all(question.keys() == {"question_id", "prompt", "choices"} for question in quiz["questions"])


async def test_a_submission_waits_for_its_grade_and_belongs_to_its_learner(
    settings: Settings, student: Caller, stranger: Caller
) -> None:
    async with served(make_app(settings)) as client:
        path = "/quizzes/riverside-algebra-quiz/submissions"
        answer = await client.post(path, json={"answers": [1, 1, 0]}, headers=student.headers())
        assert answer.status_code == 202
        path = f"/submissions/{answer.json()['submission_id']}"
        own = await client.get(path, headers=student.headers())
        assert own.json()["score"] is None
        assert (await client.get(path, headers=stranger.headers())).status_code == 404


@pytest.mark.parametrize("answers", [[], [1], [1] * 101, ["x"], None])
async def test_answers_that_do_not_fit_the_quiz_are_refused(
    settings: Settings, student: Caller, answers: object
) -> None:
    async with served(make_app(settings)) as client:
        path = "/quizzes/riverside-algebra-quiz/submissions"
        answer = await client.post(path, json={"answers": answers}, headers=student.headers())
    assert answer.status_code == 422


async def test_without_a_learner_nothing_is_told(settings: Settings) -> None:
    async with served(make_app(settings)) as client:
        assert (await client.get("/grades")).status_code == 401
        assert (await client.get(f"/submissions/{uuid4()}")).status_code == 401


async def test_a_request_leaves_a_line_and_a_span_for_each_query_under_its_correlation(
    settings: Settings, student: Caller, seen: Captured
) -> None:
    headers = student.headers() | {"x-correlation-id": "support-code-1"}
    async with served(make_app(settings)) as client:
        answer = await client.get("/courses/riverside-algebra", headers=headers)
    assert answer.headers["x-correlation-id"] == "support-code-1"
    line = next(line for line in seen.lines if line["message"] == "request handled")
    assert line["correlation_id"] == "support-code-1"
    assert line["tenant_id"] == "riverside-school"
    assert line["user_id"].startswith("usr_")
    assert line["http.route"] == "/courses/{course_id}"
    queries = [s for s in seen.spans if s.attributes and "db.query.text" in s.attributes]
    assert len(queries) == 3
    assert {s.attributes["correlation_id"] for s in queries if s.attributes} == {"support-code-1"}


async def test_its_metrics_tell_of_routes_queries_and_the_pool(settings: Settings, student: Caller) -> None:
    async with served(make_app(settings)) as client:
        await client.get("/courses/riverside-algebra", headers=student.headers())
        metrics = (await client.get("/metrics")).text
    assert 'http_route="/courses/{course_id}"' in metrics
    assert "db_client_operation_duration_seconds_bucket" in metrics
    assert "db_client_connection_count" in metrics


async def test_no_learner_is_in_any_record(settings: Settings, student: Caller, seen: Captured) -> None:
    async with served(make_app(settings)) as client:
        await client.get("/grades", headers=student.headers())
        await client.get("/recommendations", headers=student.headers())
    recorded = str(seen.lines) + "".join(span.to_json() for span in seen.spans)
    assert student.person_id not in recorded


async def test_the_slow_query_is_slow_in_postgresql_and_only_while_it_is_on(
    settings: Settings, student: Caller, seen: Captured
) -> None:
    chaos = Chaos(settings.data)
    async with served(make_app(settings)) as client:
        chaos.switch("slow-query", on=True)
        started = time.monotonic()
        await client.get("/courses", headers=student.headers())
        assert time.monotonic() - started >= 1.2
        chaos.switch("slow-query", on=False)
        await asyncio.wait_for(client.get("/courses", headers=student.headers()), timeout=1.0)
    assert any(line["log_level"] == "warning" and line["duration_ms"] >= 1200 for line in seen.lines)
