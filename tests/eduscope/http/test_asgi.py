import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, BackgroundTasks, FastAPI, HTTPException, Request
from fastapi.responses import StreamingResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar, get
from litestar.params import FromPath
from opentelemetry.trace import SpanKind, StatusCode
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

import eduscope
from eduscope.context import is_correlation_id
from eduscope.http import ASGIMiddleware
from eduscope.metrics import Requests
from eduscope.privacy import tokenize
from eduscope.testing import Captured

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
AGENT = f"python-httpx/{httpx.__version__}"
log = eduscope.get_logger()


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Requests:
    """The request metrics, at zero."""
    fresh = Requests()
    monkeypatch.setattr("eduscope.http.observer.requests", fresh)
    return fresh


class Client:
    """Calls an application in this process."""

    def __init__(self, app: Any, *, raising: bool = True) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=raising, client=("203.0.113.7", 4711))

    def get(self, path: str, **options: Any) -> httpx.Response:
        """One GET request."""
        return asyncio.run(self._request("GET", path, options))

    def post(self, path: str, **options: Any) -> httpx.Response:
        """One POST request."""
        return asyncio.run(self._request("POST", path, options))

    async def _request(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        async with httpx.AsyncClient(transport=self._transport, base_url="http://service") as client:
            return await client.request(method, path, **options)


def application() -> FastAPI:
    """A service with one of everything."""
    app = FastAPI()
    router = APIRouter(prefix="/v1")

    @router.get("/courses/{course}")
    async def course(course: str) -> dict[str, str]:
        log.info("course shown")
        return {"course": course}

    @router.get("/mine")
    def mine() -> dict[str, str]:
        with eduscope.bind(tenant_id="t1", user_id="anna@school.example"):
            return {}

    @router.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    @router.get("/stream")
    async def stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            for _ in range(3):
                await asyncio.sleep(0.02)
                yield b"12345"

        return StreamingResponse(parts())

    @router.get("/later")
    async def later(tasks: BackgroundTasks) -> None:
        tasks.add_task(lambda: log.info("done later"))

    @router.get("/boom")
    async def boom() -> None:
        raise ValueError("no mail for anna@school.example")

    @router.get("/unavailable")
    async def unavailable() -> None:
        raise HTTPException(503)

    app.include_router(router, prefix="/api")
    inner = FastAPI()

    @inner.get("/quiz/{quiz}")
    async def quiz(quiz: str) -> str:
        return quiz

    app.mount("/schools/{school}", inner)
    return app


@pytest.fixture
def client(seen: Captured, requests: Requests) -> Client:
    """A client of the service, observed from outside."""
    return Client(ASGIMiddleware(application()), raising=False)


def request_lines(seen: Captured) -> list[dict[str, Any]]:
    """The lines that the middleware wrote."""
    return [line for line in seen.lines if line["message"].startswith("request ")]


def test_a_request_is_one_line_one_span_and_one_count(
    client: Client, seen: Captured, requests: Requests
) -> None:
    answer = client.get(
        "/api/v1/courses/7?name=Anna", headers={"x-correlation-id": "c" * 8, "traceparent": TRACEPARENT}
    )
    shown, line = seen.lines
    (span,) = seen.spans
    assert answer.headers["x-correlation-id"] == "c" * 8
    expected = {
        "log_level": "info", "message": "request handled", "correlation_id": "c" * 8, "http.request.method": "GET",
        "http.route": "/api/v1/courses/{course}", "url.path": "/api/v1/courses/{course}",
        "http.response.status_code": 200, "http.outcome": "ok",
        "http.request.body.size": 0,
        "http.response.body.size": len(answer.content), "user_agent.original": AGENT, "url.scheme": "http",
    }  # fmt: skip
    assert {name: line[name] for name in expected} == expected
    assert line["client.address"].startswith("203.0.113.h")
    assert line["duration_ms"] > 0
    assert line["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736" == shown["trace_id"]
    assert shown["request_id"] == line["request_id"] != ""
    assert (span.name, span.kind) == ("GET /api/v1/courses/{course}", SpanKind.SERVER)
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == "00f067aa0ba902b7"
    assert span.attributes is not None
    for name in set(expected) - {"log_level", "message"}:
        assert span.attributes[name] == expected[name]
    assert set(requests.series) == {("GET", "/api/v1/courses/{course}", "2xx")}
    assert b"Anna" not in b"".join(seen.raw)


@pytest.mark.parametrize(
    ("path", "route", "status", "outcome"),
    [
        ("/api/v1/courses/7", "/api/v1/courses/{course}", 200, "ok"),
        ("/schools/north/quiz/3", "/schools/{school}/quiz/{quiz}", 200, "ok"),
        ("/anna@school.example", "/{unmatched}", 404, "client_error"),
        ("/schools/north/anna", "/schools/{school}/{unmatched}", 404, "client_error"),
        ("/api/v1/echo", "/api/v1/echo", 405, "client_error"),
        ("/api/v1/unavailable", "/api/v1/unavailable", 503, "server_error"),
    ],
)
def test_the_route_is_the_template_and_never_the_raw_path(  # noqa: PLR0917 - two fixtures, four columns
    client: Client, seen: Captured, path: str, route: str, status: int, outcome: str
) -> None:
    client.get(path)
    line = request_lines(seen)[0]
    assert (line["http.route"], line["http.response.status_code"], line["http.outcome"]) == (
        route,
        status,
        outcome,
    )
    assert seen.spans[0].status.status_code is (StatusCode.ERROR if status >= 500 else StatusCode.UNSET)


def test_an_exception_is_recorded_sanitised_and_raised_again(seen: Captured) -> None:
    app: Any = ASGIMiddleware(application())
    with pytest.raises(ValueError, match="anna"):
        Client(app).get("/api/v1/boom")
    (line,) = request_lines(seen)
    assert (line["log_level"], line["message"]) == ("error", "request failed")
    assert line["http.response.status_code"] == 500
    assert line["exception.type"] == "ValueError"
    assert line["exception.message"] == "no mail for [EMAIL]"
    assert "in boom" in line["exception.stacktrace"]
    assert seen.spans[0].status.description == "no mail for [EMAIL]"


def test_who_is_bound_inside_is_on_the_requests_own_line_and_span(client: Client, seen: Captured) -> None:
    client.get("/api/v1/mine")
    (line,), (span,) = request_lines(seen), seen.spans
    assert (line["tenant_id"], line["user_id"]) == ("t1", tokenize("anna@school.example"))
    assert span.attributes is not None
    assert span.attributes["user_id"] == line["user_id"]


def test_the_duration_is_to_the_last_byte(client: Client, seen: Captured) -> None:
    client.get("/api/v1/stream")
    line = request_lines(seen)[0]
    assert line["duration_ms"] >= 60
    assert line["http.response.body.size"] == 15


def test_bodies_are_counted_with_and_without_their_length(client: Client, seen: Captured) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"123"
        yield b"45"

    client.post("/api/v1/echo", content=b"1234567")
    client.post("/api/v1/echo", content=chunks())
    assert [line["http.request.body.size"] for line in request_lines(seen)] == [7, 5]


def test_what_runs_in_the_background_belongs_to_the_request(client: Client, seen: Captured) -> None:
    client.get("/api/v1/later", headers={"x-correlation-id": "c" * 8})
    assert {line["correlation_id"] for line in seen.lines} == {"c" * 8}


async def test_lifespan_passes_through(seen: Captured) -> None:
    got: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        got.extend((scope, receive, send))

    scope = {"type": "lifespan"}
    await ASGIMiddleware(app)(scope, _nothing, _swallow)
    assert got[:2] == [scope, _nothing]
    assert not seen.raw


async def test_a_client_that_goes_away_is_no_error(seen: Captured) -> None:
    async def gone(scope: Any, receive: Any, send: Any) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await ASGIMiddleware(gone)(_scope([]), _nothing, _swallow)
    (line,) = seen.lines
    assert (line["http.outcome"], line["http.response.status_code"]) == ("disconnected", 499)
    assert line["log_level"] == "info"


def test_added_to_the_application_it_does_the_same(seen: Captured) -> None:
    app = application()
    app.add_middleware(ASGIMiddleware)
    answer = Client(app).get("/api/v1/courses/7", headers={"x-correlation-id": "c" * 8})
    assert answer.headers["x-correlation-id"] == "c" * 8
    assert request_lines(seen)[0]["http.route"] == "/api/v1/courses/{course}"


@pytest.mark.parametrize("outside", [True, False])
def test_fastapi_s_own_telemetry_makes_no_second_server_span(seen: Captured, outside: bool) -> None:
    """FastAPI observes itself where it knows a provider; outside of it we take over, inside we join its span."""
    spans = eduscope.tracing.active()
    assert spans is not None
    app = FastAPI(telemetry={"tracer_provider": spans.provider, "operation_spans": False})

    @app.get("/courses/{course}")
    async def course(course: str) -> str:
        return course

    if not outside:
        app.add_middleware(ASGIMiddleware)
    served: Any = ASGIMiddleware(app) if outside else app
    Client(served).get("/courses/7", headers={"x-correlation-id": "c" * 8})
    (line,), (span,) = request_lines(seen), seen.spans
    assert span.kind is SpanKind.SERVER
    assert span.context is not None
    assert line["span_id"] == f"{span.context.span_id:016x}"
    assert span.attributes is not None
    assert span.attributes["correlation_id"] == "c" * 8


def test_starlette_alone_has_templates_too(seen: Captured) -> None:
    async def shown(request: Any) -> PlainTextResponse:
        return PlainTextResponse("x")

    app: Any = ASGIMiddleware(
        Starlette(
            routes=[Route("/a/{id}", shown), Mount("/in/{school}", routes=[Route("/b/{id:int}", shown)])]
        )
    )
    Client(app).get("/a/1")
    Client(app).get("/in/north/b/2")
    assert [line["http.route"] for line in seen.lines] == ["/a/{id}", "/in/{school}/b/{id}"]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/a/x/3", "/api/{a}/x/{b}"),
        ("/api/api/x/api", "/api/{a}/x/{b}"),
        ("/fees/1.50/z", "/fees/{fee}/z"),
        ("/people/0D3B6E2C0D3B46E2A0D30D3B6E2C0D3B/z", "/people/{person}/z"),
        ("/on/2026-11-23/z", "/on/{day}/z"),
        ("/on/20261123/z", "/{unmatched}/z"),
        ("/in/a/b/z", "/in/{folder}/z"),
        ("/files/anna/essay.txt", "/files/{unmatched}"),
        ("/api/a/none/anna", "/api/{a}/{unmatched}"),
        ("/Anna/none", "/{unmatched}"),
    ],
)
def test_a_mount_is_told_by_the_names_of_its_parameters(seen: Captured, path: str, route: str) -> None:
    def mount(under: str, *inside: Route) -> Mount:
        return Mount(under, routes=[*inside, Route("/z", PlainTextResponse("x"))])

    register_url_convertor("date", DateConvertor())
    app = Starlette(
        routes=[
            mount("/api/{a}", Route("/x/{b}", PlainTextResponse("x"))),
            mount("/fees/{fee:float}"),
            mount("/people/{person:uuid}"),
            mount("/on/{day:date}"),
            mount("/in/{folder:path}"),
            Mount("/files", app=PlainTextResponse("x")),
            Mount("/", app=PlainTextResponse("x")),
        ]
    )
    Client(ASGIMiddleware(app)).get(path)
    assert seen.lines[-1]["http.route"] == route


class DateConvertor(Convertor[dt.date]):
    regex = "[0-9-]+"

    def convert(self, value: str) -> dt.date:
        return dt.date.fromisoformat(value)

    def to_string(self, value: dt.date) -> str:
        return value.isoformat()


def test_litestar_has_templates_too(seen: Captured) -> None:
    @get("/courses/{course:str}")
    async def course(course: FromPath[str]) -> str:
        return course

    app: Any = ASGIMiddleware(Litestar([course]))
    Client(app).get("/courses/7")
    assert seen.lines[-1]["http.route"].startswith("/courses/{course")


def test_headers_and_parameters_are_recorded_where_they_are_named(
    stopped: None, capfd: pytest.CaptureFixture[str]
) -> None:
    eduscope.init(
        service="courses",
        record_headers=["x-feature"],
        record_query=["page"],
        client_address_header="x-forwarded-for",
        trust_baggage=False,
        tracing=False,
    )
    app: Any = ASGIMiddleware(application())
    Client(app).get(
        "/api/v1/courses/7?page=2&name=Anna",
        headers={
            "x-feature": "new",
            "x-forwarded-for": "198.51.100.9, 192.0.2.77",
            "baggage": "correlation_id=abcdefgh,tenant_id=evil",
        },
    )
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    line = next(line for line in lines if line["message"] == "request handled")
    assert line["client.address"].startswith("192.0.2.h")
    assert (line["correlation_id"], line["tenant_id"]) == ("abcdefgh", "")
    assert {"http.request.header.x_feature", "url.query.page"} <= set(line)
    assert "url.query.name" not in line


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                b"x-correlation-id", b"baggage", b"traceparent", b"tracestate", b"user-agent", b"content-length",
                b"transfer-encoding", b"x-forwarded-for", b"other",
            ]
        ),
        st.one_of(
            st.binary(max_size=60),
            st.sampled_from([b"c" * 10_000, b"evil\r\nset-cookie: a=b", b'"},{"', b"-1", b"9" * 40, b"\xff\xfe"]),
        ),
    ),
    max_size=8,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(headers=HEADERS)
def test_no_header_breaks_the_request_or_its_line(seen: Captured, headers: list[tuple[bytes, bytes]]) -> None:
    seen.clear()
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
        await send({"type": "http.response.body", "body": b"x"})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(ASGIMiddleware(app)(_scope(headers), _nothing, send))  # type: ignore[arg-type]
    (line,) = seen.lines
    assert is_correlation_id(line["correlation_id"])
    assert sent[0]["headers"] == [(b"a", b"b"), (b"x-correlation-id", line["correlation_id"].encode())]
    assert len(seen.raw[0]) < 10_000


async def test_a_fault_of_the_observer_does_not_reach_the_request(
    seen: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(scope: object) -> str:
        raise RuntimeError("bug")

    monkeypatch.setattr("eduscope.http.request.route", broken)
    app = ASGIMiddleware(application())
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        assert (await client.get("/api/v1/courses/7")).status_code == 200


@pytest.mark.parametrize("where", ["request.read_headers", "observer.inbound", "observer.tracing.active"])
async def test_a_fault_before_the_request_leaves_it_alone(
    seen: Captured, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("bug")

    monkeypatch.setattr(f"eduscope.http.{where}", broken)
    transport = httpx.ASGITransport(ASGIMiddleware(application()))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        assert (await client.get("/api/v1/later")).status_code == 200


async def test_requests_side_by_side_keep_their_ids(seen: Captured) -> None:
    transport = httpx.ASGITransport(ASGIMiddleware(application()))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        ids = [f"correlation-{n}" for n in range(20)]
        await asyncio.gather(
            *(client.get("/api/v1/stream", headers={"x-correlation-id": one}) for one in ids)
        )
    assert sorted(line["correlation_id"] for line in seen.lines) == sorted(ids)
    assert len({line["trace_id"] for line in seen.lines}) == 20


def _scope(headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    return {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}


async def _nothing() -> dict[str, Any]:
    return {"type": "http.disconnect"}


async def _swallow(message: Any) -> None:
    return None
