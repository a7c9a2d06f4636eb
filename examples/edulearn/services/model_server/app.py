"""The model server over HTTP."""

import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import msgspec
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

import eduscope
from edulearn.chaos import Chaos
from edulearn.database.engine import open_engine
from edulearn.model.cache import TtlCache
from edulearn.model.recommendation import Recommender, Suggestion
from edulearn.model.retrieval import Match, Retriever
from edulearn.model.words import terms
from edulearn.services.asking import Asking
from edulearn.services.model_server.training import train
from edulearn.services.plain import PLAIN
from edulearn.settings import Settings

PROVIDER = "edulearn"
RECOMMENDER_VERSION = "item-cosine-1"
CACHE_ENTRIES = 2000
# Courses change daily; a minute keeps a class that asks the same question from asking the model thirty times.
CACHE_SECONDS = 60.0
MOST_IDS = 200
Inferred = TypeVar("Inferred")
log = eduscope.get_logger()


class ModelFault(Exception):
    """The model failed to infer; switched on by chaos."""


class PassagesIn(BaseModel):
    """A question, within some courses or (with none) all of the tenant."""

    question: str = Field(min_length=1, max_length=500)
    course_ids: list[str] = Field(default=[], max_length=MOST_IDS)
    limit: int = Field(default=3, ge=1, le=20)


class EnrolledIn(BaseModel):
    """The courses somebody takes."""

    enrolled: list[str] = Field(max_length=MOST_IDS)
    limit: int = Field(default=3, ge=1, le=20)


class Models:
    """Both models, their cache, and what is recorded of each inference."""

    def __init__(self, retriever: Retriever, recommender: Recommender, chaos: Chaos) -> None:
        self._retriever = retriever
        self._recommender = recommender
        self._chaos = chaos
        self._cache: TtlCache[list[Match]] = TtlCache(capacity=CACHE_ENTRIES, ttl_seconds=CACHE_SECONDS)
        self.version = retriever.version

    def passages(self, tenant_id: str, asked: PassagesIn) -> list[Match]:
        """The passages that fit a question. Raises ModelFault."""
        with eduscope.inference(
            model="passage-retrieval",
            model_version=self.version,
            operation="retrieval",
            provider=PROVIDER,
            input_size=len(asked.question.encode()),
        ) as call:
            self._fail_if_told()
            call.tokens(input=len(terms(asked.question)))
            # A digest: what learners ask does not lie about in memory longer than the answer takes.
            key = hashlib.blake2b(msgspec.json.encode([tenant_id, asked.model_dump()])).digest()
            if (known := self._cache.get(key)) is not None:
                call.cache_hit()
                return known
            call.cache_miss()
            matches = self._retriever.search(
                asked.question, tenant_id=tenant_id, course_ids=asked.course_ids, limit=asked.limit
            )
            self._cache.put(key, matches)
            return matches

    @eduscope.inference(
        model="course-recommendation",
        model_version=RECOMMENDER_VERSION,
        operation="recommendation",
        provider=PROVIDER,
    )
    def suggestions(self, tenant_id: str, asked: EnrolledIn) -> list[Suggestion]:
        """The courses that may interest. Raises ModelFault."""
        eduscope.inference.current().input_size(sum(map(len, asked.enrolled)))
        self._fail_if_told()
        return self._recommender.suggest(tenant_id=tenant_id, enrolled=asked.enrolled, limit=asked.limit)

    def _fail_if_told(self) -> None:
        if self._chaos.is_on("model-error"):
            raise ModelFault("the weights could not be multiplied")


def make_app(settings: Settings) -> FastAPI:
    """The model server. It trains when it starts, and answers nothing before."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = open_engine(settings.postgres)
        try:
            retriever, recommender = await train(engine)
        finally:
            await engine.dispose()
        app.state.models = Models(retriever, recommender, Chaos(settings.data))
        log.info("models trained", ai_model_version=retriever.version)
        yield

    app = FastAPI(title="EduLearn model server", lifespan=lifespan, **PLAIN)

    @app.post("/v1/passages")
    async def passages(caller: Asking, asked: PassagesIn) -> dict[str, object]:
        models: Models = app.state.models
        matches = _inferred(lambda: models.passages(caller.tenant_id, asked))
        return {"model_version": models.version, "matches": [msgspec.structs.asdict(m) for m in matches]}

    @app.post("/v1/recommendations")
    async def recommendations(caller: Asking, asked: EnrolledIn) -> dict[str, object]:
        models: Models = app.state.models
        found = _inferred(lambda: models.suggestions(caller.tenant_id, asked))
        return {
            "model_version": RECOMMENDER_VERSION,
            "suggestions": [msgspec.structs.asdict(s) for s in found],
        }

    return app


def _inferred(infer: Callable[[], Inferred]) -> Inferred:
    """What the model says; 500 where it fails, without its words."""
    try:
        return infer()
    except ModelFault as problem:
        raise HTTPException(500, "the model failed") from problem
