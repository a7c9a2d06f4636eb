"""The school as a Flask application."""

from typing import Any

import httpx
from flask import Flask, Response, request
from tests.eduscope.conformance import school

import eduscope.http
import eduscope.metrics


def make_app(upstream: int) -> Flask:
    """The application, observed."""
    app = Flask("school")

    @app.get("/courses/<course>")
    def course(course: str) -> dict[str, str]:
        return school.course(course)

    @app.get("/fail/<course>")
    def fail(course: str) -> str:
        school.fail(course)
        return "not reached"

    @app.post("/ask/<course>")
    def ask(course: str) -> Any:
        request.get_data()
        school.answer_question()
        with eduscope.http.httpx.instrument(httpx.Client(), peer="accounts") as accounts:
            return accounts.get(f"http://127.0.0.1:{upstream}/accounts").json()

    @app.get("/me")
    def me() -> str:
        with eduscope.bind(tenant_id="t1", user_id=school.PERSON):
            school.log_person()
        return "me"

    @app.get("/stream")
    def stream() -> Response:
        return Response(school.parts())

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(eduscope.metrics.text(), content_type="text/plain")

    return eduscope.http.flask.instrument(app)
