"""Who calls, in a FastAPI service: the parameter of a route, and the middleware that binds them to every record."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from edulearn.services.binding import bound
from edulearn.services.caller import Caller, caller_in


def _asking(request: Request) -> Caller:
    caller = caller_in(request.scope["headers"])
    if not caller.tenant_id:
        raise HTTPException(401, "nobody is asking; begin with POST /api/session")
    return caller


def _proctoring(caller: Annotated[Caller, Depends(_asking)]) -> Caller:
    if caller.role != "proctor":
        raise HTTPException(403, "only a proctor may do that")
    return caller


Asking = Annotated[Caller, Depends(_asking)]
"""The parameter of a route that needs to know who asks; 401 without."""

Proctor = Annotated[Caller, Depends(_proctoring)]
"""The parameter of a route that proctors alone may call; 403 for others."""


class BindCaller:
    """ASGI middleware: every record of the request bears the tenant, and the person as a token."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with bound(caller_in(scope["headers"])):
            await self._app(scope, receive, send)
