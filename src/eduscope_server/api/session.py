"""Signing in by a one-time link, who one is, signing out."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Redirect

from eduscope_server.access import Access, AccessDenied, Identity
from eduscope_server.api.browsers import SESSION_COOKIE, session_of
from eduscope_server.api.pages import page

COOKIE_SECONDS = 7 * 24 * 3600
"""As long as the longest session. When a session really ends is known to the platform alone."""


class SessionAnswer(msgspec.Struct, frozen=True):
    """Who is signed in. `tenants` is null for someone who may see all of them."""

    name: str
    roles: list[str]
    tenants: list[str] | None


@get("/api/session", summary="Who am I", tags=["session"])
async def read_session(identity: NamedDependency[Identity]) -> SessionAnswer:
    """The name, roles and tenants of the caller."""
    tenants = None if identity.tenants is None else sorted(identity.tenants)
    return SessionAnswer(identity.name, sorted(identity.roles), tenants)


@post("/api/session/end", summary="Sign out", tags=["session"], status_code=204)
async def end_session(request: Request[Any, Any, Any], access: NamedDependency[Access]) -> Response[None]:
    """Ends the session of the cookie. One that has ended already is no error."""
    if cookie := session_of(request):
        await access.end_session(cookie)
    response: Response[None] = Response(None, status_code=204)
    response.delete_cookie(SESSION_COOKIE)
    return response


@get(
    "/login", summary="Sign in by a one-time link", tags=["session"], status_code=303, include_in_schema=True
)
async def login(
    request: Request[Any, Any, Any],
    access: NamedDependency[Access],
    secure_cookies: NamedDependency[bool],
    code: Annotated[str, QueryParameter(max_length=200, description="The code of the link.")] = "",
    next_: Annotated[
        str,
        QueryParameter(name="next", max_length=2_000, description="Where to go then: a path of this site."),
    ] = "/",
) -> Response[Any]:
    """Spends the code, sets the session's cookie and goes on to `next`."""
    target = next_ if is_local_path(next_) else "/"
    try:
        token = await access.open_session(code)
    except AccessDenied as denied:
        if await _is_signed_in(request, access):
            return Redirect(target, status_code=303)
        return page(denied.status, title="This link no longer works", lines=[denied.message, denied.hint])
    cookie = Cookie(
        SESSION_COOKIE,
        value=token,
        httponly=True,
        samesite="strict",
        secure=secure_cookies or request.url.scheme == "https",
        max_age=COOKIE_SECONDS,
        path="/",
    )
    return Redirect(target, status_code=303, cookies=[cookie], headers={"cache-control": "no-store"})


def is_local_path(target: str) -> bool:
    """Whether a target stays on this site. `//host` and `/\\host` would leave it."""
    return target.startswith("/") and target[1:2] not in {"/", "\\"} and target.isprintable()


async def _is_signed_in(request: Request[Any, Any, Any], access: Access) -> bool:
    try:
        await access.reader(None, request.cookies.get(SESSION_COOKIE))
    except AccessDenied:
        return False
    return True
