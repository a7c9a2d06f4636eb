"""The tutor over HTTP."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

import eduscope
from edulearn.chaos import Chaos
from edulearn.services.answering import DependencyFailed, answered
from edulearn.services.asking import Asking
from edulearn.services.caller import Caller
from edulearn.services.client import open_client
from edulearn.services.plain import PLAIN
from edulearn.services.tutor.answer import Source, compose
from edulearn.services.tutor.leak import Leak
from edulearn.settings import Settings

LONGEST_QUESTION = 500
PASSAGES_ASKED = 3
log = eduscope.get_logger()


class QuestionIn(BaseModel):
    """What a learner asks; within one course where `course_id` is given."""

    question: str = Field(min_length=3, max_length=LONGEST_QUESTION)
    course_id: str | None = Field(default=None, max_length=100)


class SourceOut(BaseModel):
    course_title: str
    heading: str


class AnswerOut(BaseModel):
    answer: str
    sources: list[SourceOut]
    model_version: str


def make_app(settings: Settings) -> FastAPI:
    """The tutor, which asks the model server what fits and the courses service what it says."""
    models = open_client(settings.url("model-server"))
    courses = open_client(settings.url("courses"))
    chaos, leak = Chaos(settings.data), Leak()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await models.aclose()
        await courses.aclose()

    app = FastAPI(title="EduLearn tutor", lifespan=lifespan, **PLAIN)

    @app.post("/questions")
    async def ask(caller: Asking, asked: QuestionIn) -> AnswerOut:
        leak.follow(is_on=chaos.is_on("memory-leak"))
        try:
            found = await _matches(models, caller, asked)
            texts = await _texts(courses, caller, [m["passage_id"] for m in found["matches"]])
        except DependencyFailed as problem:
            log.error("no answer for a learner", component=problem.service, reason=problem.reason)
            raise HTTPException(503, "the tutor is not available at the moment") from problem
        scores = {m["passage_id"]: m["score"] for m in found["matches"]}
        sources = [
            Source(t["passage_id"], t["course_title"], t["heading"], t["body"], scores[t["passage_id"]])
            for t in texts
        ]
        answer = compose(asked.question, sources)
        # Not a word of the question or the answer: they are the learner's.
        log.info("question answered", count=len(answer.sources), course_id=asked.course_id or "")
        return AnswerOut(
            answer=answer.text,
            sources=[SourceOut(course_title=s.course_title, heading=s.heading) for s in answer.sources],
            model_version=found["model_version"],
        )

    return app


async def _matches(models: httpx.AsyncClient, caller: Caller, asked: QuestionIn) -> dict[str, Any]:
    body = {
        "question": asked.question,
        "course_ids": [asked.course_id] if asked.course_id else [],
        "limit": PASSAGES_ASKED,
    }
    found: dict[str, Any] = await answered(
        models.post("/v1/passages", json=body, headers=caller.headers()), service="model-server"
    )
    return found


async def _texts(courses: httpx.AsyncClient, caller: Caller, ids: list[int]) -> list[dict[str, Any]]:
    if not ids:
        return []
    texts: list[dict[str, Any]] = await answered(
        courses.get("/passages", params={"ids": ids}, headers=caller.headers()), service="courses"
    )
    return texts
