"""The accounts service over HTTP."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from flask import Flask, Response, request
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.exceptions import HTTPException

import eduscope
from edulearn.chaos import Chaos
from edulearn.database.engine import open_plain_engine
from edulearn.services.accounts import queries
from edulearn.services.accounts.shapes import ConsentIn, Purpose, SignInIn
from edulearn.services.accounts.sign_in import Door
from edulearn.services.caller import Caller, caller_of
from edulearn.settings import Settings

LARGEST_BODY_BYTES = 4096
STATUSES = {"succeeded": 200, "wrong_password": 401, "throttled": 429}
Given = TypeVar("Given")
log = eduscope.get_logger()


def make_app(settings: Settings) -> Flask:
    """The accounts service. It connects to PostgreSQL when it is first asked."""
    app = Flask("edulearn.accounts", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY_BYTES
    engine = open_plain_engine(settings.postgres)
    sessions = sessionmaker(engine, expire_on_commit=False)
    app.extensions["edulearn.engine"] = engine
    _add_visitors(app, sessions)
    _add_sign_in(app, Door(sessions), Chaos(settings.data))
    _add_people(app, sessions)
    app.register_error_handler(HTTPException, _refused)
    return app


def _add_visitors(app: Flask, sessions: sessionmaker[Session]) -> None:
    @app.get("/tenants")
    def tenants() -> Response:
        with sessions() as session:
            return _json(queries.tenants(session))

    @app.post("/tenants/<tenant_id>/visitors")
    def visit(tenant_id: str) -> Response:
        with sessions() as session:
            return _found(queries.any_learner(session, tenant_id), "tenant")


def _add_sign_in(app: Flask, door: Door, chaos: Chaos) -> None:
    @app.post("/sign-ins")
    def sign_in() -> Response:
        tried = _given(SignInIn)
        outcome, person = door.sign_in(tried)
        known = {"tenant_id": person.tenant_id, "user_id": person.person_id} if person else {}
        with eduscope.bind(**known):
            write = log.info if outcome == "succeeded" else log.warning
            write("sign-in", action="sign-in", outcome=outcome, edulearn_role=person.role if person else "")
            if chaos.is_on("pii-in-log"):
                log.warning(f"could not greet {tried.email}, calling +44 20 7946 0958 instead")
        if outcome != "succeeded":
            # The same words whether the address or the password is wrong.
            wait = "; try again in a minute" if outcome == "throttled" else ""
            return _problem(STATUSES[outcome], f"address and password do not fit{wait}")
        return _json(person)


def _add_people(app: Flask, sessions: sessionmaker[Session]) -> None:
    def asked(question: Callable[[Session, Caller], Any], kind: str) -> Response:
        caller = caller_of({name.lower(): value for name, value in request.headers.items()})
        if not caller.tenant_id:
            return _problem(401, "nobody is asking; begin with POST /api/session")
        with sessions() as session:
            return _found(question(session, caller), kind)

    @app.get("/people/me")
    def me() -> Response:
        return asked(queries.profile, "person")

    @app.get("/classes")
    def classes() -> Response:
        return asked(queries.classes, "class")

    @app.get("/classes/<class_id>/members")
    def members(class_id: str) -> Response:
        return asked(lambda session, caller: queries.members(session, caller, class_id), "class")

    @app.put("/consents/<purpose>")
    def decide(purpose: Purpose) -> Response:
        if purpose not in ("product_analytics", "proctoring"):
            return _problem(404, "no such purpose")
        decided = _given(ConsentIn)
        answer = asked(
            lambda session, caller: queries.decide(session, caller, purpose, granted=decided.granted),
            "choice",
        )
        if answer.status_code == 200:
            log.info("consent decided", action=purpose, outcome="granted" if decided.granted else "refused")
        return answer


def _given(shape: type[Given]) -> Given:
    """The request's body in a shape. Raises ValidationError, which answers 422, where it is not."""
    try:
        return msgspec.json.decode(request.get_data(), type=shape)
    except msgspec.DecodeError as problem:
        # Not what it says: it may quote the body, which holds a password.
        raise _Unfit from problem


class _Unfit(HTTPException):
    code = 422
    description = "the body does not fit"


def _refused(problem: HTTPException) -> Response:
    return _problem(problem.code or 500, problem.description or "")


def _found(thing: object | None, kind: str) -> Response:
    """The thing, or 404: whether it exists for somebody else is not told."""
    return _problem(404, f"no such {kind}") if thing is None else _json(thing)


def _json(thing: object) -> Response:
    return Response(msgspec.json.encode(thing), mimetype="application/json")


def _problem(status: int, message: str) -> Response:
    return Response(msgspec.json.encode({"detail": message}), status, mimetype="application/json")
