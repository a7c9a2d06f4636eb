"""The proctoring service over HTTP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from fastapi import FastAPI, HTTPException

import eduscope
from edulearn.chaos import Chaos
from edulearn.services.answering import DependencyFailed, answered
from edulearn.services.asking import Asking, Proctor
from edulearn.services.caller import Caller
from edulearn.services.client import open_client
from edulearn.services.plain import PLAIN
from edulearn.services.proctoring.cache import SessionCache, Stale, open_cache
from edulearn.services.proctoring.records import Records, open_pool
from edulearn.services.proctoring.shapes import (
    AnswersIn,
    DecisionIn,
    EventIn,
    ExamOut,
    ReviewOut,
    SessionOut,
    SessionRow,
)
from edulearn.settings import Settings

OVERDUE_LOOK_SECONDS = 60.0
log = eduscope.get_logger()


class Sessions:
    """Exam sessions: what is kept about them, and what is remembered of that for a while."""

    def __init__(self, records: Records, cache: SessionCache) -> None:
        self.records = records
        self._cache = cache

    async def of_tenant(self, caller: Caller, session_id: UUID, *, fresh: bool = False) -> SessionOut:
        """A session of the caller's tenant; `fresh` where it must be as it is this moment. Raises 404."""
        row = None if fresh else await self._cache.get(str(session_id))
        row = row or await self._read(caller, session_id)
        if row is None or row["tenant_id"] != caller.tenant_id:
            raise HTTPException(404, "no such session")
        if caller.role != "proctor" and row["person_id"] != caller.person_id:
            raise HTTPException(404, "no such session")
        return SessionOut.model_validate(row)

    async def changed(self, session_id: UUID) -> None:
        """What is remembered of a session does not hold any more."""
        await self._cache.forget(str(session_id))

    async def _read(self, caller: Caller, session_id: UUID) -> dict[str, Any] | None:
        row = await self.records.session(caller.tenant_id, session_id)
        if row is None:
            return None
        session = SessionOut.model_validate(row).model_dump(mode="json")
        kept = session | {"tenant_id": row["tenant_id"], "person_id": row["person_id"]}
        await self._cache.put(str(session_id), kept)
        return kept


def make_app(settings: Settings) -> FastAPI:
    """The proctoring service, which hands answers in with the courses service."""
    pool = open_pool(settings.postgres)
    chaos = Chaos(settings.data)
    cache = Stale(open_cache(settings.redis), lambda: chaos.is_on("stale-cache"))
    courses = open_client(settings.url("courses"))
    sessions = Sessions(Records(pool), cache)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await pool.open()
        sweeper = asyncio.create_task(_end_overdue(sessions.records))
        yield
        sweeper.cancel()
        await asyncio.gather(sweeper, return_exceptions=True)
        await courses.aclose()
        await cache.close()
        await pool.close()

    app = FastAPI(title="EduLearn proctoring", lifespan=lifespan, **PLAIN)
    _add_exams(app, sessions)
    _add_sitting(app, sessions, courses)
    _add_proctors(app, sessions)
    return app


def _add_exams(app: FastAPI, sessions: Sessions) -> None:
    @app.get("/exams")
    async def exams(caller: Asking) -> list[ExamOut]:
        return [ExamOut.model_validate(row) for row in await sessions.records.exams(caller)]

    @app.post("/exams/{exam_id}/sessions", status_code=201)
    async def start(caller: Asking, exam_id: str) -> SessionOut:
        if caller.role != "learner":
            raise HTTPException(403, "only a learner may sit an exam")
        if not await sessions.records.has_agreed(caller):
            raise HTTPException(403, "An exam is proctored: agree to that in your profile first.")
        with eduscope.bind() as ids:
            session_id = await sessions.records.start(caller, exam_id, ids.correlation_id)
        if session_id is None:
            raise HTTPException(404, "no such exam")
        log.info("exam begun", exam_id=exam_id, exam_session_id=str(session_id))
        return await sessions.of_tenant(caller, session_id)


def _add_sitting(app: FastAPI, sessions: Sessions, courses: Any) -> None:
    @app.get("/sessions/{session_id}")
    async def session(caller: Asking, session_id: UUID) -> SessionOut:
        return await sessions.of_tenant(caller, session_id)

    @app.post("/sessions/{session_id}/events", status_code=202)
    async def notice(caller: Asking, session_id: UUID, event: EventIn) -> SessionOut:
        if not await sessions.records.notice(caller, session_id, event.kind):
            raise HTTPException(409, "that session does not run")
        log.info("noticed in an exam", proctoring_event=event.kind, exam_session_id=str(session_id))
        await sessions.changed(session_id)
        return await sessions.of_tenant(caller, session_id)

    @app.post("/sessions/{session_id}/hand-in")
    async def hand_in(caller: Asking, session_id: UUID, given: AnswersIn) -> SessionOut:
        running = await sessions.of_tenant(caller, session_id, fresh=True)
        if running.state != "running":
            raise HTTPException(409, "that session does not run")
        path = f"/quizzes/{running.quiz_id}/submissions"
        try:
            taken = await answered(
                courses.post(path, json=given.model_dump(), headers=caller.headers()), service="courses"
            )
        except DependencyFailed as problem:
            status = 422 if problem.reason == "status_422" else 503
            raise HTTPException(status, "the answers could not be handed in") from problem
        submission_id = UUID(taken["submission_id"])
        await sessions.records.hand_in(caller.tenant_id, session_id, submission_id)
        await sessions.changed(session_id)
        log.info("exam handed in", exam_session_id=str(session_id), submission_id=str(submission_id))
        return await sessions.of_tenant(caller, session_id)


def _add_proctors(app: FastAPI, sessions: Sessions) -> None:
    records = sessions.records

    @app.get("/sessions")
    async def all_sessions(proctor: Proctor) -> list[SessionRow]:
        return [SessionRow.model_validate(row) for row in await records.sessions(proctor.tenant_id)]

    @app.get("/sessions/{session_id}/review")
    async def review(proctor: Proctor, session_id: UUID) -> ReviewOut:
        session = await sessions.of_tenant(proctor, session_id)
        events, decisions = await asyncio.gather(records.events(session_id), records.decisions(session_id))
        return ReviewOut.model_validate({"session": session, "events": events, "decisions": decisions})

    @app.post("/sessions/{session_id}/decisions", status_code=201)
    async def decide(proctor: Proctor, session_id: UUID, given: DecisionIn) -> ReviewOut:
        session = await sessions.of_tenant(proctor, session_id)
        # The decision belongs to the exam's own story, wherever the proctor came from.
        with eduscope.bind(correlation_id=session.correlation_id):
            await records.decide(proctor, session_id, given.decision, given.reason)
            log.info(
                "proctor decided",
                proctoring_decision=given.decision,
                exam_session_id=str(session_id),
                edulearn_role=proctor.role,
            )
        await sessions.changed(session_id)
        return await review(proctor, session_id)


async def _end_overdue(records: Records) -> None:
    """Ends, once a minute, the sessions whose time is over and that nobody handed in."""
    while True:
        await asyncio.sleep(OVERDUE_LOOK_SECONDS)
        try:
            if ended := await records.end_overdue():
                log.info("exams ended by the clock", count=ended)
        except Exception:
            # The next look may find PostgreSQL there again.
            log.exception("could not look for exams that are over")
