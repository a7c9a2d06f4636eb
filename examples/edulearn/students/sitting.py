"""Sitting an exam: begin, answer, now and then look away, hand in. All of it is one journey."""

import asyncio
from typing import NamedTuple

from edulearn.students.browser import new_journey
from edulearn.students.calls import Calls

SESSION = "/api/exam-sessions/{session_id}"
THINK_SECONDS = (1.0, 4.0)
LOOKS = 3
# Of each look, how often something is noticed.
NOTICED = (("focus_lost", 0.14), ("face_not_visible", 0.05), ("second_voice", 0.03))


class Paper(NamedTuple):
    """An exam under way: its session, and how many choices each question has."""

    session_id: str
    choices: list[int]


async def sit_exam(person: Calls) -> None:
    """Sits one exam, from its list to the hand-in, or until a proctor ends it."""
    journey = new_journey()
    paper = await _begin(person, journey)
    if paper is None:
        return
    for _ in range(LOOKS):
        await asyncio.sleep(person.chance.uniform(*THINK_SECONDS))
        if not await _goes_on(person, paper, journey):
            return
    async with person.browser.action("hand in exam", journey=journey) as action:
        answers = [person.chance.randrange(choices) for choices in paper.choices]
        path = f"/api/exam-sessions/{paper.session_id}/hand-in"
        await person.call(action, "POST", path, f"{SESSION}/hand-in", body={"answers": answers})


async def _begin(person: Calls, journey: str) -> Paper | None:
    exams = session = quiz = None
    async with person.browser.action("page view", journey=journey) as action:
        exams = await person.call(action, "GET", "/api/exams", "/api/exams")
    if not exams:
        return None
    async with person.browser.action("begin exam", journey=journey) as action:
        path = f"/api/exams/{person.chance.choice(exams)['exam_id']}/sessions"
        session = await person.call(action, "POST", path, "/api/exams/{exam_id}/sessions", body={})
        path = f"/api/quizzes/{session['quiz_id']}" if session else ""
        quiz = path and await person.call(action, "GET", path, "/api/quizzes/{quiz_id}")
    if not session or not quiz:
        return None
    return Paper(session["session_id"], [len(q["choices"]) for q in quiz["questions"]])


async def _goes_on(person: Calls, paper: Paper, journey: str) -> bool:
    """Looks at the session, or has one more thing noticed in it; whether it runs still."""
    path = f"/api/exam-sessions/{paper.session_id}"
    kind = next((kind for kind, share in NOTICED if person.chance.random() < share), None)
    now = None
    async with person.browser.action("exam event" if kind else "look at exam", journey=journey) as action:
        if kind is None:
            now = await person.call(action, "GET", path, SESSION)
        else:
            now = await person.call(
                action, "POST", f"{path}/events", f"{SESSION}/events", body={"kind": kind}
            )
    return now is not None and now["state"] == "running"
