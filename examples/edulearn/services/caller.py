"""Who calls: the gateway tells the services behind it which learner of which tenant is asking."""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from fastapi import Depends, HTTPException, Request
from starlette.types import ASGIApp, Receive, Scope, Send

import eduscope

TENANT_HEADER = "x-edulearn-tenant"
LEARNER_HEADER = "x-edulearn-learner"


class Caller(msgspec.Struct, frozen=True):
    """A learner of a tenant. Both ids are empty for a visitor who has not chosen a school yet."""

    tenant_id: str = ""
    learner_id: str = ""

    def headers(self) -> dict[str, str]:
        """The headers that tell another service."""
        return {TENANT_HEADER: self.tenant_id, LEARNER_HEADER: self.learner_id}


def _caller(request: Request) -> Caller:
    caller = Caller(request.headers.get(TENANT_HEADER, ""), request.headers.get(LEARNER_HEADER, ""))
    if not caller.tenant_id:
        raise HTTPException(401, "no learner; begin with POST /api/session")
    return caller


Asking = Annotated[Caller, Depends(_caller)]
"""The parameter of a route that needs to know who asks; 401 without."""


def caller_in(headers: Iterable[tuple[bytes, bytes]]) -> Caller:
    """The caller that the headers name."""
    found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
    return Caller(found.get(TENANT_HEADER, ""), found.get(LEARNER_HEADER, ""))


class BindCaller:
    """ASGI middleware: every record of the request bears the tenant, and the learner as a token."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        caller = caller_in(scope["headers"])
        with eduscope.bind(tenant_id=caller.tenant_id or None, user_id=caller.learner_id or None):
            await self._app(scope, receive, send)
