"""The tutor over HTTP."""

import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI, HTTPException
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

import eduscope
from edulearn.chaos import Chaos
from edulearn.services.answering import DependencyFailed, answered
from edulearn.services.asking import Asking
from edulearn.services.caller import Caller
from edulearn.services.client import open_client
from edulearn.services.plain import PLAIN
from edulearn.services.tutor.answer import Answer, Source, compose
from edulearn.services.tutor.leak import Leak
from edulearn.services.tutor.speaking import MODEL, VERSION, spoken
from edulearn.settings import Settings

LONGEST_QUESTION = 500
PASSAGES_ASKED = 3
NDJSON = "application/x-ndjson"
log = eduscope.get_logger()


class QuestionIn(BaseModel):
    """What a learner asks; within one course where `course_id` is given."""

    question: str = Field(min_length=3, max_length=LONGEST_QUESTION)
    course_id: str | None = Field(default=None, max_length=100)


class SourceOut(BaseModel):
    course_title: str
    heading: str


class Said(BaseModel):
    """What an answer is from. By its id a learner can say whether it helped."""

    sources: list[SourceOut]
    model_version: str
    answer_id: str


class AnswerOut(Said):
    answer: str


class FeedbackIn(BaseModel):
    """Whether an answer helped."""

    answer_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    helpful: bool


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

    async def answer(caller: Caller, asked: QuestionIn) -> tuple[Answer, Said]:
        leak.follow(is_on=chaos.is_on("memory-leak"))
        started = time.perf_counter()
        try:
            found = await _matches(models, caller, asked)
            texts = await _texts(courses, caller, [m["passage_id"] for m in found["matches"]])
        except DependencyFailed as problem:
            log.error("no answer for a learner", component=problem.service, reason=problem.reason)
            raise HTTPException(503, "the tutor is not available at the moment") from problem
        composed = compose(asked.question, _sources(found, texts))
        # Not a word of the question or the answer: they are the learner's.
        log.info("question answered", count=len(composed.sources), course_id=asked.course_id or "")
        eduscope.events.ai_tutor_invoked(
            model=MODEL,
            model_version=found["model_version"],
            course_id=asked.course_id or "",
            input_size=len(asked.question.encode()),
            latency_ms=round((time.perf_counter() - started) * 1000, 3),
        )
        sources = [SourceOut(course_title=s.course_title, heading=s.heading) for s in composed.sources]
        return composed, Said(sources=sources, model_version=found["model_version"], answer_id=uuid4().hex)

    @app.post("/questions")
    async def ask(caller: Asking, asked: QuestionIn) -> AnswerOut:
        composed, said = await answer(caller, asked)
        return AnswerOut(answer="".join(spoken(asked.question, composed)), **said.model_dump())

    @app.post("/questions/stream")
    async def ask_for_words(caller: Asking, asked: QuestionIn) -> StreamingResponse:
        """The same answer word by word: a line of JSON for each, and one of what it is from."""
        composed, said = await answer(caller, asked)
        return StreamingResponse(_lines(spoken(asked.question, composed), said), media_type=NDJSON)

    @app.post("/feedback", status_code=202)
    async def feedback(caller: Asking, given: FeedbackIn) -> dict[str, bool]:
        eduscope.events.model_feedback(
            model=MODEL, model_version=VERSION, answer_id=given.answer_id, helpful=given.helpful
        )
        return {"taken": True}

    return app


async def _lines(words: Iterator[str], said: Said) -> AsyncIterator[bytes]:
    for word in words:
        yield json.dumps({"word": word}).encode() + b"\n"
    yield said.model_dump_json().encode() + b"\n"


def _sources(found: dict[str, Any], texts: list[dict[str, Any]]) -> list[Source]:
    scores = {m["passage_id"]: m["score"] for m in found["matches"]}
    return [
        Source(t["passage_id"], t["course_title"], t["heading"], t["body"], scores[t["passage_id"]])
        for t in texts
    ]


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
