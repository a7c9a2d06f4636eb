"""The proctoring service on a real PostgreSQL, and its cache in a real Redis."""

import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import psycopg
import pytest
from tests.edulearn.conftest import served

from edulearn.chaos import Chaos
from edulearn.services.caller import Caller
from edulearn.services.proctoring.app import make_app
from edulearn.services.proctoring.records import Records, open_pool
from edulearn.settings import Settings
from eduscope.testing import Captured

SCHOOL, OTHER_SCHOOL = "riverside-school", "hillcrest-school"
PROCTOR = Caller(SCHOOL, "riverside-proctor", role="proctor")
OTHER_PROCTOR = Caller(OTHER_SCHOOL, "hillcrest-proctor", role="proctor")
EXAM = "/exams/riverside-algebra-exam/sessions"


@pytest.fixture(autouse=True)
def no_sessions(settings: Settings) -> None:
    """No exam is left from another test."""
    with psycopg.connect(settings.postgres) as connection:
        connection.execute("TRUNCATE exam_sessions CASCADE")


@pytest.fixture(params=["in the process", "in redis"])
def cached(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """The settings for each kind of cache."""
    if request.param == "in the process":
        yield settings
        return
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    path = tmp_path / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    while not path.exists():
        assert server.poll() is None
        time.sleep(0.02)
    yield msgspec.structs.replace(settings, redis=f"unix://{path}")
    server.terminate()
    server.wait(10)


@pytest.fixture
async def proctoring(cached: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service."""
    async with served(make_app(cached)) as client:
        yield client


async def begin(proctoring: httpx.AsyncClient, student: Caller, **headers: str) -> dict[str, Any]:
    """A session that has just begun."""
    answer = await proctoring.post(EXAM, headers=student.headers() | headers)
    assert answer.status_code == 201
    session: dict[str, Any] = answer.json()
    return session


async def decide(
    proctoring: httpx.AsyncClient, session: dict[str, Any], decision: str, proctor: Caller = PROCTOR
) -> httpx.Response:
    """A proctor's decision."""
    body = {"decision": decision, "reason": "Two voices were heard."}
    return await proctoring.post(
        f"/sessions/{session['session_id']}/decisions", json=body, headers=proctor.headers()
    )


async def notice(
    proctoring: httpx.AsyncClient, session: dict[str, Any], kind: str, student: Caller
) -> httpx.Response:
    """What the page of a learner noticed."""
    return await proctoring.post(
        f"/sessions/{session['session_id']}/events", json={"kind": kind}, headers=student.headers()
    )


async def test_an_exam_is_begun_once_and_goes_on_after_the_page_is_closed(
    proctoring: httpx.AsyncClient, student: Caller
) -> None:
    first, second = await begin(proctoring, student), await begin(proctoring, student)
    assert first["session_id"] == second["session_id"]
    assert first["state"] == "running"
    exams = (await proctoring.get("/exams", headers=student.headers())).json()
    assert {e["exam_id"]: e["state"] for e in exams}["riverside-algebra-exam"] == "running"


async def test_who_does_not_agree_to_proctoring_sits_no_exam(
    proctoring: httpx.AsyncClient, cached: Settings, student: Caller
) -> None:
    change = "UPDATE consents SET granted = %s WHERE person_id = %s AND purpose = 'proctoring'"
    with psycopg.connect(cached.postgres, autocommit=True) as connection:
        connection.execute(change, [False, student.person_id])
        answer = await proctoring.post(EXAM, headers=student.headers())
        connection.execute(change, [True, student.person_id])
    assert answer.status_code == 403
    assert "agree" in answer.json()["detail"]


async def test_what_is_noticed_reaches_the_proctor_in_order(
    proctoring: httpx.AsyncClient, student: Caller
) -> None:
    session = await begin(proctoring, student)
    for kind in ("focus_lost", "focus_regained", "face_not_visible", "second_voice"):
        assert (await notice(proctoring, session, kind, student)).status_code == 202
    path = f"/sessions/{session['session_id']}/review"
    review = (await proctoring.get(path, headers=PROCTOR.headers())).json()
    assert [e["kind"] for e in review["events"]] == [
        "focus_lost",
        "focus_regained",
        "face_not_visible",
        "second_voice",
    ]
    assert review["session"]["event_count"] == 3
    assert student.person_id not in str(review)
    listed = (await proctoring.get("/sessions", headers=PROCTOR.headers())).json()
    assert [(s["session_id"], s["event_count"]) for s in listed] == [(session["session_id"], 3)]


async def test_a_decision_stands_with_its_reason_and_a_later_one_over_it(
    proctoring: httpx.AsyncClient, student: Caller
) -> None:
    session = await begin(proctoring, student)
    await decide(proctoring, session, "flagged")
    review = (await decide(proctoring, session, "cleared")).json()
    assert [d["decision"] for d in review["decisions"]] == ["flagged", "cleared"]
    path = f"/sessions/{session['session_id']}"
    seen_by_learner = (await proctoring.get(path, headers=student.headers())).json()
    assert (seen_by_learner["decision"], seen_by_learner["state"]) == ("cleared", "running")


async def test_a_terminated_exam_takes_nothing_more(proctoring: httpx.AsyncClient, student: Caller) -> None:
    session = await begin(proctoring, student)
    await decide(proctoring, session, "terminated")
    path = f"/sessions/{session['session_id']}"
    assert (await proctoring.get(path, headers=student.headers())).json()["state"] == "terminated"
    assert (await notice(proctoring, session, "focus_lost", student)).status_code == 409
    answers = {"answers": [1, 1, 0]}
    handed_in = await proctoring.post(f"{path}/hand-in", json=answers, headers=student.headers())
    assert handed_in.status_code == 409


async def test_only_a_proctor_of_the_school_reviews_and_decides(
    proctoring: httpx.AsyncClient, student: Caller, stranger: Caller
) -> None:
    session = await begin(proctoring, student)
    assert (await decide(proctoring, session, "cleared", student)).status_code == 403
    assert (await decide(proctoring, session, "cleared", OTHER_PROCTOR)).status_code == 404
    assert (await proctoring.get("/sessions", headers=student.headers())).status_code == 403
    path = f"/sessions/{session['session_id']}"
    for other in (stranger, Caller(SCHOOL, "riverside-teacher", role="teacher")):
        assert (await proctoring.get(path, headers=other.headers())).status_code == 404
    assert (await proctoring.post(EXAM, headers=PROCTOR.headers())).status_code == 403
    assert (await proctoring.post(EXAM, headers=stranger.headers())).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"decision": "expelled", "reason": "because"},
        {"decision": "cleared", "reason": ""},
        {"decision": "cleared", "reason": "x" * 301},
    ],
)
async def test_a_decision_that_is_none_is_refused(settings: Settings, body: dict[str, str]) -> None:
    async with served(make_app(settings)) as client:
        answer = await client.post(f"/sessions/{uuid4()}/decisions", json=body, headers=PROCTOR.headers())
    assert answer.status_code == 422


async def test_everything_about_a_session_is_told_under_the_correlation_it_began_with(
    proctoring: httpx.AsyncClient, student: Caller, seen: Captured
) -> None:
    session = await begin(proctoring, student, **{"x-correlation-id": "exam-code-1"})
    assert session["correlation_id"] == "exam-code-1"
    await decide(proctoring, session, "flagged")
    decided = next(line for line in seen.lines if line["message"] == "proctor decided")
    assert decided["correlation_id"] == "exam-code-1"
    assert decided["proctoring.decision"] == "flagged"
    assert decided["exam.session.id"] == session["session_id"]
    recorded = str(seen.lines) + "".join(span.to_json() for span in seen.spans)
    for secret in (student.person_id, PROCTOR.person_id, "Two voices"):
        assert secret not in recorded


async def test_a_stale_cache_shows_what_was_until_it_is_mended(
    proctoring: httpx.AsyncClient, cached: Settings, student: Caller
) -> None:
    chaos = Chaos(cached.data)
    session = await begin(proctoring, student)
    path = f"/sessions/{session['session_id']}"
    chaos.switch("stale-cache", on=True)
    await decide(proctoring, session, "terminated")
    assert (await proctoring.get(path, headers=student.headers())).json()["state"] == "running"
    chaos.switch("stale-cache", on=False)
    await decide(proctoring, session, "terminated")
    assert (await proctoring.get(path, headers=student.headers())).json()["state"] == "terminated"


async def test_while_redis_is_away_everything_is_asked_of_postgresql(
    settings: Settings, student: Caller
) -> None:
    away = msgspec.structs.replace(settings, redis="unix:///nowhere/redis.sock")
    async with served(make_app(away)) as client:
        session = await begin(client, student)
        path = f"/sessions/{session['session_id']}"
        assert (await client.get(path, headers=student.headers())).status_code == 200


async def test_an_exam_whose_page_was_closed_ends_by_the_clock(settings: Settings, student: Caller) -> None:
    async with served(make_app(settings)) as client:
        await begin(client, student)
    with psycopg.connect(settings.postgres) as connection:
        connection.execute("UPDATE exam_sessions SET started_at = now() - interval '22 minutes'")
    async with open_pool(settings.postgres) as pool:
        assert await Records(pool).end_overdue() == 1
        assert await Records(pool).end_overdue() == 0
