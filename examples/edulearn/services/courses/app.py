"""The courses service over HTTP."""

import contextlib
from collections.abc import AsyncIterator
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

import eduscope
from edulearn.chaos import Chaos
from edulearn.database.engine import open_engine, sessions
from edulearn.queue import Queue
from edulearn.services.asking import Asking
from edulearn.services.caller import LEARNING
from edulearn.services.courses import queries
from edulearn.services.courses.faults import LeakyHandler, wrong_per_right
from edulearn.services.courses.shapes import (
    AnswersIn,
    CourseDetail,
    CourseOut,
    PassageOut,
    QuizOut,
    SubmissionOut,
)
from edulearn.services.plain import PLAIN
from edulearn.settings import Settings

MOST_PASSAGES = 20
RECOMMENDER = "course-recommendation"
Thing = TypeVar("Thing")
log = eduscope.get_logger()


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.sessions() as session:
        yield session


Database = Annotated[AsyncSession, Depends(_session)]


def make_app(settings: Settings) -> FastAPI:
    """The courses service. PostgreSQL and the queue are opened when it starts and closed when it ends."""
    engine = open_engine(settings.postgres)
    queue = Queue(settings.postgres)
    leaky = LeakyHandler(engine)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await leaky.close()
        await queue.close()
        await engine.dispose()

    app = FastAPI(title="EduLearn courses", lifespan=lifespan, **PLAIN)
    app.state.sessions = sessions(engine)
    app.state.queue = queue
    app.state.chaos = Chaos(settings.data)
    _add_catalogue(app, leaky)
    _add_quizzes(app, settings.release)
    return app


def _add_catalogue(app: FastAPI, leaky: LeakyHandler) -> None:
    @app.get("/courses")
    async def courses(database: Database, caller: Asking) -> list[CourseOut]:
        return await queries.courses(database, caller, slowly=app.state.chaos.is_on("slow-query"))

    @app.get("/courses/{course_id}")
    async def course(database: Database, caller: Asking, course_id: str) -> CourseDetail:
        if app.state.chaos.is_on("pool-exhaustion"):
            leaky.leak()
        return _found(await queries.course(database, caller, course_id), "course")

    @app.get("/passages")
    async def passages(
        database: Database, caller: Asking, ids: Annotated[list[int], Query(max_length=MOST_PASSAGES)]
    ) -> list[PassageOut]:
        return await queries.passages(database, caller, ids)

    @app.get("/recommendations")
    async def recommendations(database: Database, caller: Asking) -> list[CourseOut]:
        suggested = await queries.recommendations(database, caller)
        for position, course in enumerate(suggested):
            eduscope.events.recommendation_served(
                model=RECOMMENDER, kind="course", recommendation_id=course.course_id, position=position
            )
        return suggested


def _add_quizzes(app: FastAPI, release: str) -> None:
    @app.get("/quizzes/{quiz_id}")
    async def quiz(database: Database, caller: Asking, quiz_id: str) -> QuizOut:
        return _found(await queries.quiz(database, caller, quiz_id), "quiz")

    @app.post("/quizzes/{quiz_id}/submissions", status_code=202)
    async def submit(database: Database, caller: Asking, quiz_id: str, given: AnswersIn) -> dict[str, UUID]:
        if caller.role not in LEARNING:
            raise HTTPException(403, "only a learner may hand in answers")
        quiz_ = _found(await queries.quiz(database, caller, quiz_id), "quiz")
        if len(given.answers) != len(quiz_.questions):
            message = f"got {len(given.answers)} answers; the quiz has {len(quiz_.questions)} questions"
            raise HTTPException(422, message)
        submission_id = await queries.submit(database, caller, quiz_id, given.answers)
        job_id = await app.state.queue.grade(submission_id)
        log.info("submission received", quiz_id=quiz_id, submission_id=str(submission_id), job_id=str(job_id))
        return {"submission_id": submission_id}

    @app.get("/submissions/{submission_id}")
    async def submission(database: Database, caller: Asking, submission_id: UUID) -> SubmissionOut:
        found = _found(await queries.submission(database, caller, submission_id), "submission")
        wrong_per_right(release, found)
        return found

    @app.get("/grades")
    async def grades(database: Database, caller: Asking) -> list[SubmissionOut]:
        found = await queries.grades(database, caller)
        for submission in found:
            wrong_per_right(release, submission)
        return found


def _found(thing: Thing | None, kind: str) -> Thing:
    """The thing, or 404. A thing of another tenant is not found either: its existence is not told."""
    if thing is None:
        raise HTTPException(404, f"no such {kind}")
    return thing
