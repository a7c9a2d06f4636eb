"""The table of what the browser may call, and the passing on of such a call."""

import re
from typing import NamedTuple

import httpx
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask

from edulearn.services.caller import Caller

LARGEST_BODY_BYTES = 64 * 1024
STREAMED = "application/x-ndjson"
_is_id = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}").fullmatch


class Route(NamedTuple):
    """A path of the public API, and the service and path behind it."""

    method: str
    path: str
    service: str
    behind: str


ROUTES = (
    Route("GET", "/api/tenants", "accounts", "/tenants"),
    Route("GET", "/api/me", "accounts", "/people/me"),
    Route("GET", "/api/classes", "accounts", "/classes"),
    Route("GET", "/api/classes/{class_id}/members", "accounts", "/classes/{class_id}/members"),
    Route("GET", "/api/courses", "courses", "/courses"),
    Route("GET", "/api/courses/{course_id}", "courses", "/courses/{course_id}"),
    Route("GET", "/api/quizzes/{quiz_id}", "courses", "/quizzes/{quiz_id}"),
    Route("POST", "/api/quizzes/{quiz_id}/submissions", "courses", "/quizzes/{quiz_id}/submissions"),
    Route("GET", "/api/submissions/{submission_id}", "courses", "/submissions/{submission_id}"),
    Route("GET", "/api/grades", "courses", "/grades"),
    Route("GET", "/api/recommendations", "courses", "/recommendations"),
    Route("POST", "/api/tutor/questions", "tutor", "/questions"),
    Route("POST", "/api/tutor/questions/stream", "tutor", "/questions/stream"),
    Route("POST", "/api/tutor/feedback", "tutor", "/feedback"),
    Route("GET", "/api/exams", "proctoring", "/exams"),
    Route("POST", "/api/exams/{exam_id}/sessions", "proctoring", "/exams/{exam_id}/sessions"),
    Route("GET", "/api/exam-sessions", "proctoring", "/sessions"),
    Route("GET", "/api/exam-sessions/{session_id}", "proctoring", "/sessions/{session_id}"),
    Route("GET", "/api/exam-sessions/{session_id}/review", "proctoring", "/sessions/{session_id}/review"),
    Route("POST", "/api/exam-sessions/{session_id}/events", "proctoring", "/sessions/{session_id}/events"),
    Route("POST", "/api/exam-sessions/{session_id}/hand-in", "proctoring", "/sessions/{session_id}/hand-in"),
    Route(
        "POST", "/api/exam-sessions/{session_id}/decisions", "proctoring", "/sessions/{session_id}/decisions"
    ),
)


async def bounded_body(request: Request, largest_bytes: int) -> bytes | None:
    """The request's body, or None where it is larger; no more than that is ever held."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest_bytes:
            return None
    return bytes(body)


async def pass_on(
    client: httpx.AsyncClient, route: Route, request: Request, caller: Caller, body: bytes
) -> Response:
    """The answer of the service behind the route, its status and JSON unchanged; 502 or 504 without one.

    An id that could mean anything but an id to the service behind (a dot-dot, a query) is not found.
    """
    if not all(_is_id(value) for value in request.path_params.values()):
        return _problem(404, "no such thing")
    path = route.behind.format_map(request.path_params)
    headers = caller.headers() | {"content-type": request.headers.get("content-type", "application/json")}
    try:
        asked = client.build_request(route.method, path, content=body, headers=headers)
        answer = await client.send(asked, stream=True)
    except httpx.TimeoutException:
        return _problem(504, f"{route.service} did not answer in time")
    except httpx.TransportError:
        return _problem(502, f"{route.service} cannot be reached")
    media_type = answer.headers.get("content-type", "application/json")
    if media_type.startswith(STREAMED):
        # Passed on as it comes. Where the service stops in the middle, the browser sees the connection end.
        return StreamingResponse(
            answer.aiter_bytes(),
            answer.status_code,
            media_type=media_type,
            background=BackgroundTask(answer.aclose),
        )
    return await _whole(route, answer, media_type)


async def _whole(route: Route, answer: httpx.Response, media_type: str) -> Response:
    try:
        return Response(await answer.aread(), answer.status_code, media_type=media_type)
    except httpx.TransportError:
        return _problem(502, f"{route.service} broke off")
    finally:
        await answer.aclose()


def _problem(status: int, message: str) -> Response:
    return Response(f'{{"detail":"{message}"}}', status, media_type="application/json")
