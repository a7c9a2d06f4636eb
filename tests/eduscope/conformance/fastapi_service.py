"""The school as a FastAPI application."""

from typing import Any

import aiohttp
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from tests.eduscope.conformance import school

import eduscope.http
import eduscope.metrics


def make_app(upstream: int) -> FastAPI:
    """The application, observed."""
    app = FastAPI()

    @app.get("/courses/{course}")
    def course(course: str) -> dict[str, str]:
        return school.course(course)

    @app.get("/fail/{course}")
    async def fail(course: str) -> None:
        school.fail(course)

    @app.post("/ask/{course}")
    async def ask(course: str, request: Request) -> dict[str, Any]:
        await request.body()
        school.answer_question()
        async with aiohttp.ClientSession() as session:
            eduscope.http.aiohttp.instrument(session, peer="accounts")
            async with session.get(f"http://127.0.0.1:{upstream}/accounts") as answer:
                found: dict[str, Any] = await answer.json()
                return found

    @app.get("/me")
    async def me() -> str:
        with eduscope.bind(tenant_id="t1", user_id=school.PERSON):
            school.log_person()
        return "me"

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(school.parts())

    app.mount("/metrics", eduscope.metrics.asgi_app())
    return eduscope.http.fastapi.instrument(app)
