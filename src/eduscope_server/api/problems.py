"""Every way a request can fail, as one shape: `{"error": {"code", "message", "hint", "position"}}`."""

import logging
import re
import traceback
from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, ValidationException
from litestar.types import ExceptionHandlersMap

from eduscope_server.access import AccessDenied
from eduscope_server.api.forms import in_words
from eduscope_server.query.errors import ParameterError, QueryError
from eduscope_server.query.tail import TailFull
from eduscope_server.state import StateUnavailable, UnfitText
from eduscope_server.store import QueryTimeout, StoreUnavailable

_log = logging.getLogger(__name__)

AnyRequest = Request[Any, Any, Any]

_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
_MESSAGES = {404: "there is nothing at this address", 413: "the body is too large"}


class Fault(msgspec.Struct, omit_defaults=True, frozen=True):
    """What is wrong: a word for programs, a sentence for people, and what to do."""

    code: str
    message: str
    hint: str = ""
    position: int | None = None


class Problem(msgspec.Struct, frozen=True):
    """The body of every answer that is not a success."""

    error: Fault


class NothingFound(Exception):
    """What was asked for by name does not exist, or the reader may not see it: the answers are the same."""


def problem(status: int, fault: Fault, headers: dict[str, str] | None = None) -> Response[Problem]:
    """A failure as an answer."""
    return Response(
        Problem(fault),
        status_code=status,
        media_type=MediaType.JSON,
        headers={"cache-control": "no-store"} | (headers or {}),
    )


def problem_handlers(paths: Iterable[str]) -> ExceptionHandlersMap:
    """What to answer to each exception. `paths` are those of the API, as templates like `/api/traces/{id}`."""
    known = re.compile("|".join(re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path)) for path in paths) or "(?!)")

    def not_allowed(request: AnyRequest, error: MethodNotAllowedException) -> Response[Problem]:
        # The console answers GET at every path: that must not make other methods look possible there.
        if not known.fullmatch(request.scope["path"].rstrip("/")):
            return problem(404, Fault("not_found", _MESSAGES[404]))
        message = f"{request.method} is not possible here"
        allowed = (error.headers or {}).get("allow", "")
        return problem(405, Fault("method_not_allowed", message, f"use {allowed}"), {"allow": allowed})

    return {
        QueryError: _unreadable_query,
        ParameterError: _bad_parameter,
        ValidationException: _invalid,
        AccessDenied: _denied,
        NothingFound: _nothing_found,
        UnfitText: _unfit,
        RecursionError: _too_deep,
        StoreUnavailable: _away,
        StateUnavailable: _away,
        TailFull: _away,
        QueryTimeout: _too_long,
        MethodNotAllowedException: not_allowed,
        HTTPException: _http,
        Exception: _unexpected,
    }


def _unreadable_query(_: AnyRequest, error: QueryError) -> Response[Problem]:
    return problem(400, Fault("unreadable_query", error.message, error.hint, error.position))


def _bad_parameter(_: AnyRequest, error: ParameterError) -> Response[Problem]:
    return problem(400, Fault("bad_parameter", error.message, error.hint))


def _invalid(_: AnyRequest, error: ValidationException) -> Response[Problem]:
    """A parameter of the wrong type or out of its bounds. Litestar's extra names it."""
    first = error.extra[0] if isinstance(error.extra, list) and error.extra else {}
    name = str(first.get("key", "a parameter"))
    said = in_words(str(first.get("message", "is not valid")))
    return problem(400, Fault("bad_parameter", f"{name}: {said[:1].lower()}{said[1:]}"))


def _unfit(_: AnyRequest, error: UnfitText) -> Response[Problem]:
    return problem(400, Fault("bad_request", str(error)))


def _too_deep(_: AnyRequest, __: RecursionError) -> Response[Problem]:
    return problem(400, Fault("bad_request", "the body is nested too deeply"))


def _denied(_: AnyRequest, error: AccessDenied) -> Response[Problem]:
    headers = {"www-authenticate": "Bearer"} if error.status == 401 else {}
    return problem(error.status, Fault(error.code, error.message, error.hint), headers)


def _nothing_found(_: AnyRequest, error: NothingFound) -> Response[Problem]:
    return problem(404, Fault("not_found", str(error)))


def _away(_: AnyRequest, error: StoreUnavailable | StateUnavailable | TailFull) -> Response[Problem]:
    headers = {"retry-after": str(error.retry_after_seconds)}
    return problem(503, Fault("unavailable", str(error), "try again after a pause"), headers)


def _too_long(_: AnyRequest, error: QueryTimeout) -> Response[Problem]:
    return problem(
        504, Fault("took_too_long", str(error), "ask for a shorter time: bring from= nearer to to=")
    )


def _http(request: AnyRequest, error: HTTPException) -> Response[Problem]:
    if error.status_code >= 500:
        return _unexpected(request, error)
    code = _CODES.get(error.status_code, "refused")
    message = _MESSAGES.get(error.status_code, error.detail)
    return problem(error.status_code, Fault(code, message), dict(error.headers or {}))


def _unexpected(request: AnyRequest, error: Exception) -> Response[Problem]:
    # The exception's own words may quote data: the log gets its type and place only.
    where = "".join(traceback.format_tb(error.__traceback__)[-3:])
    _log.error("%s %s failed with %s\n%s", request.method, _route(request), type(error).__name__, where)
    return problem(500, Fault("internal", "EduScope failed to answer this; its log says where"))


def _route(request: AnyRequest) -> str:
    return str(request.scope.get("path_template") or "a path without a route")
