"""The crowd: its rhythm, and that it speaks as the browser SDK does."""

import json
import random
from typing import Any

import httpx
import pytest

from edulearn.services.gateway.telemetry import checked
from edulearn.students import sitting
from edulearn.students.browser import Browser
from edulearn.students.crowd import Crowd
from edulearn.students.proctor import Proctor
from edulearn.students.rhythm import DAY_SECONDS, SCHOOL, UNIVERSITY, activity, hour_of_day
from edulearn.students.sitting import sit_exam
from edulearn.students.visit import Learner

ACTIONS = 3


def test_school_is_busy_before_noon_and_asleep_at_night() -> None:
    assert activity(9.5, SCHOOL) > 2 * activity(3.0, SCHOOL) > 0
    assert activity(23.0, UNIVERSITY) > activity(23.0, SCHOOL)


def test_the_day_begins_at_nine_and_comes_again() -> None:
    assert hour_of_day(0) == 9.0
    assert hour_of_day(DAY_SECONDS) == pytest.approx(9.0)


def test_forty_learners_ask_three_to_eight_times_a_second() -> None:
    crowd = Crowd(httpx.AsyncClient(), 40, random.Random(1))
    requests_per_step = 1.6
    rates = [sum(crowd.steps_per_second(s)) * requests_per_step for s in range(0, int(DAY_SECONDS), 10)]
    assert 2 <= min(rates) <= max(rates) <= 9


async def test_each_request_bears_its_actions_correlation_and_the_report_tells_of_it() -> None:
    asked: list[httpx.Request] = []

    def gateway(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=[], headers={"set-cookie": "edulearn_session=x; HttpOnly"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(gateway), base_url="http://gateway") as client:
        browser = Browser(client, "riverside-school", "agent")
        for _ in range(ACTIONS):
            async with browser.action("ask tutor") as action:
                await action.request("GET", "/api/courses", "/api/courses")
    api = [r for r in asked if r.url.path == "/api/courses"]
    assert len({r.headers["x-correlation-id"] for r in api}) == ACTIONS
    assert api[1].headers["cookie"] == "edulearn_session=x"
    reports = [r.content for r in asked if r.url.path == "/telemetry/v1/traces"]
    spans = [
        s
        for body in reports
        for s in json.loads(checked(body, "traces"))["resourceSpans"][0]["scopeSpans"][0]["spans"]
    ]
    assert len(spans) == 2 * ACTIONS
    child = next(s for s in spans if "parentSpanId" in s)
    assert f"00-{child['traceId']}-{child['spanId']}-01" in {r.headers["traceparent"] for r in api}


@pytest.fixture(autouse=True)
def no_thinking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody thinks about an answer for seconds."""
    monkeypatch.setattr(sitting, "THINK_SECONDS", (0.0, 0.0))


async def test_an_exam_is_one_journey_and_the_proctor_goes_on_with_it() -> None:
    asked: list[httpx.Request] = []
    session = {"session_id": "s1", "quiz_id": "q1", "state": "running", "correlation_id": "exam-code-1"}
    answers: dict[str, Any] = {
        "/api/exams": [{"exam_id": "e1"}],
        "/api/quizzes/q1": {"questions": [{"choices": ["a", "b"]}]},
        "/api/exam-sessions": [{"session_id": "s1", "decision": None, "event_count": 1}],
        "/api/exam-sessions/s1/review": {"session": session, "events": [{"kind": "second_voice"}]},
    }

    def gateway(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=answers.get(request.url.path, session))

    def ids(part: str) -> set[str]:
        return {
            r.headers["x-correlation-id"]
            for r in asked
            if part in r.url.path and "telemetry" not in r.url.path
        }

    chance = random.Random(3)
    async with httpx.AsyncClient(transport=httpx.MockTransport(gateway), base_url="http://gateway") as client:
        await sit_exam(Learner(Browser(client, "riverside-school", "agent"), chance))
        assert asked[-2].url.path == "/api/exam-sessions/s1/hand-in"
        assert len(ids("/api/")) == 1
        proctor = Proctor(
            Browser(client, "riverside-school", "agent"), chance, email="p@riverside-school.example"
        )
        for _ in range(3):
            await proctor.step()
    assert ids("/decisions") == {"exam-code-1"}


async def test_a_learner_goes_on_while_everything_fails() -> None:
    def gateway(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away") if random.random() < 0.5 else httpx.ReadTimeout("slow")

    async with httpx.AsyncClient(transport=httpx.MockTransport(gateway), base_url="http://gateway") as client:
        learner = Learner(Browser(client, "riverside-school", "agent"), random.Random(1))
        for _ in range(20):
            await learner.step()
    assert learner.requests >= 20
