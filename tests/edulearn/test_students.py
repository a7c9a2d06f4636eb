"""The crowd: its rhythm, and that it speaks as the browser SDK does."""

import json
import random

import httpx
import pytest

from edulearn.services.gateway.telemetry import checked
from edulearn.students.browser import Browser
from edulearn.students.crowd import Crowd
from edulearn.students.rhythm import DAY_SECONDS, SCHOOL, UNIVERSITY, activity, hour_of_day
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


async def test_a_learner_goes_on_while_everything_fails() -> None:
    def gateway(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away") if random.random() < 0.5 else httpx.ReadTimeout("slow")

    async with httpx.AsyncClient(transport=httpx.MockTransport(gateway), base_url="http://gateway") as client:
        learner = Learner(Browser(client, "riverside-school", "agent"), random.Random(1))
        for _ in range(20):
            await learner.step()
    assert learner.requests >= 20
