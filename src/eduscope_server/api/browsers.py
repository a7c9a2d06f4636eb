"""Browsers: the session's cookie, and whose page made a browser send it."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request

from eduscope_server.access import AccessDenied

SESSION_COOKIE = "eduscope_session"

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_PAGES = frozenset({"same-origin", "none"})


def session_of(request: Request[Any, Any, Any]) -> str | None:
    """The session's cookie. Raises `AccessDenied` where a page of another origin made a browser send it to change
    something: `SameSite` spares neither other ports of a host nor its sister hosts (OWASP, Cross-Site Request Forgery
    Prevention, "Fetch Metadata" and "Verifying Origin").
    """
    cookie: str | None = request.cookies.get(SESSION_COOKIE)
    if (
        cookie
        and request.method not in _READING
        and "authorization" not in request.headers
        and _is_foreign(request)
    ):
        raise AccessDenied(
            403,
            "foreign_page",
            "a page of another site asked for this with your session",
            hint="do it in the console; behind a proxy, set EDUSCOPE_PUBLIC_URL to the console's address",
        )
    return cookie


def _is_foreign(request: Request[Any, Any, Any]) -> bool:
    """Whether the request comes from another origin's page. Who is no browser says nothing of where it comes from."""
    if site := request.headers.get("sec-fetch-site"):
        return site not in _OWN_PAGES
    origin = request.headers.get("origin")
    own_hosts = {request.headers.get("host"), request.app.state.get("public_host")}
    return origin is not None and urlsplit(origin).netloc not in own_hosts
