"""Coming in and going out: a visitor, somebody who signs in, what they agree to, and the end of the session."""

from typing import Any

import httpx
from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, Field

import eduscope
from edulearn.services.answering import DependencyFailed, answered
from edulearn.services.caller import VISITOR, Caller
from edulearn.services.gateway import session

CLOSED = "that school is not open at the moment"
# What accounts may answer, and what the browser is told; everything else is a 503.
REFUSALS = {
    "status_401": (401, "The address or the password is not right."),
    "status_403": (403, "That is not yours to decide."),
    "status_404": (404, "There is no such thing."),
    "status_422": (422, "Something is missing."),
    "status_429": (429, "That was too often. Try again in a minute."),
}


class VisitIn(BaseModel):
    """A school to look around in."""

    tenant_id: str = Field(max_length=64, pattern=r"^[A-Za-z0-9-]+$")


class SignInIn(BaseModel):
    """An address and a password."""

    email: str = Field(min_length=3, max_length=254)
    password: str = Field(min_length=1, max_length=200)


class ConsentIn(BaseModel):
    """What somebody decides."""

    granted: bool


def add_routes(app: FastAPI, accounts: httpx.AsyncClient, key: str) -> None:
    """Adds what begins, changes and ends a session, the cookie included."""

    def let_in(person: dict[str, Any], response: Response) -> dict[str, Any]:
        caller = Caller(person["tenant_id"], person["person_id"], person["role"], person["analytics"])
        response.set_cookie(session.COOKIE, session.sign(caller, key), httponly=True, samesite="strict")
        # The line of this request tells whose session it was.
        with eduscope.bind(tenant_id=caller.tenant_id, user_id=caller.person_id):
            return {name: value for name, value in person.items() if name != "person_id"}

    @app.post("/api/session")
    async def visit(chosen: VisitIn, response: Response) -> dict[str, Any]:
        """Makes the visitor somebody who learns at the school they chose."""
        visitor = await _asked(accounts.post(f"/tenants/{chosen.tenant_id}/visitors"))
        return let_in(visitor | {"role": VISITOR}, response)

    @app.get("/api/session")
    async def current(request: Request) -> dict[str, str]:
        """Of which school and in which role the browser is; both empty where it has no session."""
        caller = session.read(request.cookies.get(session.COOKIE, ""), key)
        return {"tenant_id": caller.tenant_id, "role": caller.role if caller.tenant_id else ""}

    @app.post("/api/session/sign-in")
    async def sign_in(given: SignInIn, response: Response) -> dict[str, Any]:
        """Makes the browser the person whose address and password were given."""
        return let_in(await _asked(accounts.post("/sign-ins", json=given.model_dump())), response)

    @app.put("/api/consents/{purpose}")
    async def decide(purpose: str, given: ConsentIn, request: Request, response: Response) -> dict[str, Any]:
        """Keeps what the person decided; from the answer on the session knows it too."""
        caller = session.read(request.cookies.get(session.COOKIE, ""), key)
        if not caller.tenant_id or caller.role == VISITOR:
            raise HTTPException(401, "Sign in to decide that.")
        if purpose not in ("product_analytics", "proctoring"):
            raise HTTPException(404, "no such purpose")
        put = accounts.put(f"/consents/{purpose}", json=given.model_dump(), headers=caller.headers())
        return let_in(await _asked(put) | {"role": caller.role}, response)

    @app.post("/api/session/end", status_code=204)
    async def end(response: Response) -> None:
        response.delete_cookie(session.COOKIE)


async def _asked(call: Any) -> dict[str, Any]:
    """What accounts answers. Raises HTTPException with words for the person."""
    try:
        person: dict[str, Any] = await answered(call, service="accounts")
        return person
    except DependencyFailed as problem:
        status, words = REFUSALS.get(problem.reason, (503, CLOSED))
        raise HTTPException(status, words) from problem
