"""Records of a child under 13 say so, wherever the child's work goes."""

import asyncio
from typing import Any

import pytest
from tests.eduscope.local_platform import LocalPlatform

import eduscope
from eduscope.baggage import inbound
from eduscope.consent import Consent
from eduscope.context import UNDER_13
from eduscope.http import ASGIMiddleware
from eduscope.testing import capture

pytestmark = pytest.mark.usefixtures("stopped")
CHILD = Consent(given=True, under_13=True)


def test_lines_and_spans_of_a_child_say_so_and_others_do_not() -> None:
    with capture(service="courses") as seen:
        with eduscope.bind(user_id="ben", consent=CHILD), eduscope.tracing.span("grade"):
            eduscope.get_logger().info("said")
        with eduscope.bind(user_id="ada", consent=True):
            eduscope.get_logger().info("said")
    assert [line.get(UNDER_13) for line in seen.lines] == ["true", None]
    assert (seen.span("grade").attributes or {})[UNDER_13] == "true"


def test_what_is_bound_inside_stays_a_childs_until_a_consent_says_otherwise() -> None:
    with capture(service="courses") as seen, eduscope.bind(user_id="ben", consent=CHILD):
        with eduscope.bind(tenant_id="school-a"):
            eduscope.get_logger().info("said")
        with eduscope.bind(user_id="ada", consent=Consent(given=True)):
            eduscope.get_logger().info("said")
    assert [line.get(UNDER_13) for line in seen.lines] == ["true", None]


def test_it_travels_and_is_taken_from_those_who_are_trusted() -> None:
    carrier: dict[str, str] = {}
    with capture(service="courses"), eduscope.bind(user_id="ben", consent=CHILD):
        eduscope.tracing.inject(carrier)
    with eduscope.tracing.extract(carrier) as there:
        assert there.under_13
    assert not inbound(None, carrier["baggage"], trust_baggage=False).under_13
    assert not inbound(None, f"{UNDER_13}=maybe").under_13


def test_the_line_of_the_request_knows_who_was_bound_inside(platform: LocalPlatform) -> None:
    eduscope.init(service="courses", endpoint=platform.url, stdout=False)

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        with eduscope.bind(user_id="ben", consent=CHILD):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(_message: Any) -> None:
        return

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}
    asyncio.run(ASGIMiddleware(app)(scope, receive, send))
    assert eduscope.flush(10)
    (line,) = platform.lines()
    assert line[UNDER_13] == "true"
