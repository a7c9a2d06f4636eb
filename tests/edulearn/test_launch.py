"""EduLearn as a whole: it comes up, works, tells no names, and leaves nothing behind."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from tests.edulearn.running import EduLearn

from edulearn.database.demo import PASSWORD, address_of
from edulearn.database.embedded import address
from eduscope_server.checking import Checker, batches

READY_SECONDS = 60.0


@pytest.fixture
def edulearn(tmp_path: Path) -> Iterator[EduLearn]:
    """EduLearn with learners at work."""
    running = EduLearn(tmp_path / "data", students=100)
    yield running
    running.close()


@pytest.mark.slow
def test_it_reports_each_part_works_and_stops_in_order(edulearn: EduLearn) -> None:
    services = [report["service"] for report in edulearn.reports]
    assert services[:2] == ["postgres", "database"]
    assert {"gateway", "courses", "tutor", "model-server", "worker", "students"} <= set(services)
    with httpx.Client(base_url=edulearn.url, trust_env=False) as browser:
        browser.post("/api/session", json={"tenant_id": "riverside-school"}).raise_for_status()
        answer = browser.post("/api/tutor/questions", json={"question": "Why does it rain?"}).json()
        assert "vapour" in answer["answer"]
        question = {"question": "Why does it rain?"}
        with browser.stream("POST", "/api/tutor/questions/stream", json=question) as streamed:
            lines = [json.loads(line) for line in streamed.iter_lines()]
        assert "".join(line["word"] for line in lines[:-1]) == answer["answer"]
        assert lines[-1]["sources"] == answer["sources"]
        path = "/api/quizzes/riverside-algebra-quiz/submissions"
        handed_in = browser.post(path, json={"answers": [1, 1, 0]}).json()["submission_id"]
        deadline = time.monotonic() + READY_SECONDS
        while (graded := browser.get(f"/api/submissions/{handed_in}").json())["score"] is None:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert (graded["score"], graded["points"]) == (3, 3)
        assert browser.get("/api/grades").json()[0]["submission_id"] == handed_in
    time.sleep(3)
    with psycopg.connect(address(edulearn.data)) as connection:
        people = connection.execute("SELECT person_id, display_name, email FROM people").fetchall()
    recorded = str(edulearn.lines())
    assert not [value for person in people for value in person if value in recorded]
    assert {line["log_level"] for line in edulearn.lines()} <= {"info", "warning"}
    assert edulearn.stop(signal.SIGTERM) == 0
    assert edulearn.left_behind() == []
    checker = Checker()
    for file in (edulearn.data / "log").glob("*.ndjson"):
        for some in batches(str(file)):
            checker.check(file.name, some)
    assert checker.lines > 50
    assert [(found.kind, found.field, found.first) for found in checker.tally] == []


@pytest.mark.slow
def test_a_person_signs_in_decides_and_sits_an_exam_through_the_gateway(edulearn: EduLearn) -> None:
    learner = {"email": address_of("northfield-university", "learner", 1), "password": PASSWORD}
    with httpx.Client(base_url=edulearn.url, trust_env=False) as browser:
        assert browser.get("/api/session").json() == {"tenant_id": "", "role": ""}
        assert browser.put("/api/consents/proctoring", json={"granted": True}).status_code == 401
        assert browser.post("/api/session/sign-in", json=learner | {"password": "x"}).status_code == 401
        assert browser.post("/api/session/sign-in", json=learner).json()["role"] == "learner"
        for granted, said in ((False, "refused"), (True, "granted")):
            body = {"granted": granted}
            assert browser.put("/api/consents/product_analytics", json=body).json()["analytics"] == said
        exam = browser.get("/api/exams").json()[0]["exam_id"]
        session = browser.post(f"/api/exams/{exam}/sessions", json={}).json()
        quiz = browser.get(f"/api/quizzes/{session['quiz_id']}").json()
        answers = {"answers": [0] * len(quiz["questions"])}
        handed_in = browser.post(f"/api/exam-sessions/{session['session_id']}/hand-in", json=answers).json()
        assert (handed_in["state"], handed_in["submission_id"] is None) == ("handed_in", False)
        assert browser.get("/api/exam-sessions").status_code == 403
        browser.post("/api/session/end").raise_for_status()
        assert browser.get("/api/exams").status_code == 401


@pytest.mark.slow
def test_killed_it_leaves_no_process_and_starts_again_on_its_data(edulearn: EduLearn) -> None:
    edulearn.process.kill()
    assert edulearn.left_behind() == []
    again = EduLearn(edulearn.data, students=0)
    try:
        assert next(r for r in again.reports if r["service"] == "database")["learners_added"] == 0
        assert again.stop(signal.SIGINT) == 0
        assert again.left_behind() == []
    finally:
        again.close()


@pytest.mark.slow
def test_a_dead_dependency_dies_and_comes_back(edulearn: EduLearn) -> None:
    chaos = [sys.executable, "-m", "edulearn", "chaos", "dead-dependency"]

    def until_status(wanted: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        question = {"question": "What is a metaphor?"}
        while browser.post("/api/tutor/questions", json=question).status_code != wanted:
            assert time.monotonic() < deadline
            time.sleep(0.2)

    with httpx.Client(base_url=edulearn.url, trust_env=False) as browser:
        browser.post("/api/session", json={"tenant_id": "riverside-school"}).raise_for_status()
        for switch, status in (("on", 503), ("off", 200)):
            done = [*chaos, switch, "--data", str(edulearn.data)]
            subprocess.run(done, check=True, stdout=subprocess.DEVNULL)
            until_status(status)
