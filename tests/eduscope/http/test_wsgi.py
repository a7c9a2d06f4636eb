import io
import threading
import time
import wsgiref.simple_server
from collections.abc import Iterable, Iterator
from typing import Any

import httpx
import pytest
from flask import Blueprint, Flask, Response, request, stream_with_context
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.trace import SpanKind, StatusCode
from werkzeug.middleware.dispatcher import DispatcherMiddleware

import eduscope
from eduscope.context import current, is_correlation_id
from eduscope.http import WSGIMiddleware
from eduscope.http.flask import instrument
from eduscope.testing import Captured

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
log = eduscope.get_logger()


def application() -> Flask:
    """A service with one of everything."""
    app = Flask("school")
    lessons = Blueprint("lessons", __name__, url_prefix="/courses/<int:course>/lessons")

    @lessons.get("/<lesson>")
    def lesson(course: int, lesson: str) -> str:
        log.info("lesson shown")
        return lesson

    @app.get("/boom/<int:grade>")
    def boom(grade: int) -> str:
        raise ValueError("no mail for anna@school.example")

    @app.post("/echo")
    def echo() -> str:
        return str(len(request.get_data()))

    @app.get("/stream")
    def stream() -> Response:
        def parts() -> Iterator[bytes]:
            for _ in range(3):
                time.sleep(0.02)
                log.info("part sent")
                yield b"12345"

        return Response(stream_with_context(parts()))

    @app.get("/breaks")
    def breaks() -> Response:
        def parts() -> Iterator[bytes]:
            yield b"12345"
            raise RuntimeError("the source ended")

        return Response(parts())

    @app.get("/later")
    def later() -> Response:
        answer = Response("now")

        @answer.call_on_close
        def work() -> None:
            time.sleep(0.05)
            log.info("done later")

        return answer

    @app.get("/mine")
    def mine() -> str:
        with eduscope.bind(tenant_id="t1", user_id="anna@school.example"):
            return "x"

    app.register_blueprint(lessons)
    return app


@pytest.fixture
def client(seen: Captured) -> httpx.Client:
    """A client of the service, observed from outside."""
    return calls(instrument(application()))


def calls(app: Any) -> httpx.Client:
    """A client in this process."""
    transport = httpx.WSGITransport(app, raise_app_exceptions=False, remote_addr="203.0.113.7")
    return httpx.Client(transport=transport, base_url="http://service")


def request_lines(seen: Captured) -> list[dict[str, Any]]:
    """The lines that the middleware wrote."""
    return [line for line in seen.lines if line["message"].startswith("request ")]


def test_a_request_is_one_line_and_one_span(client: httpx.Client, seen: Captured) -> None:
    answer = client.get(
        "/courses/7/lessons/anna?name=Anna",
        headers={"x-correlation-id": "c" * 8, "traceparent": TRACEPARENT},
    )
    shown, line = seen.lines
    (span,) = seen.spans
    assert answer.headers["x-correlation-id"] == "c" * 8
    expected = {
        "log_level": "info", "message": "request handled", "correlation_id": "c" * 8,
        "http.request.method": "GET", "http.route": "/courses/{course}/lessons/{lesson}",
        "http.response.status_code": 200, "http.outcome": "ok", "http.request.body.size": 0,
        "http.response.body.size": 4, "user_agent.original": f"python-httpx/{httpx.__version__}",
        "url.scheme": "http", "network.protocol.version": "1.1",
    }  # fmt: skip
    assert {name: line[name] for name in expected} == expected
    assert line["client.address"].startswith("203.0.113.h")
    assert line["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736" == shown["trace_id"]
    assert shown["request_id"] == line["request_id"] != ""
    assert (span.name, span.kind) == ("GET /courses/{course}/lessons/{lesson}", SpanKind.SERVER)
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == "00f067aa0ba902b7"
    assert "anna" not in b"".join(seen.raw).decode().lower()


def test_twice_does_no_more_than_once(seen: Captured) -> None:
    calls(WSGIMiddleware(instrument(instrument(application())))).get("/mine")
    assert len(seen.lines) == len(seen.spans) == 1


def test_the_thread_is_left_as_it_was(client: httpx.Client) -> None:
    before = current()
    client.get("/courses/7/lessons/3")
    assert current() is before


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/courses/anna/lessons/1", "/{unmatched}", 404),
        ("/anna@school.example", "/{unmatched}", 404),
        ("/echo", "/echo", 405),
    ],
)
def test_the_raw_path_is_never_written(
    client: httpx.Client, seen: Captured, path: str, route: str, status: int
) -> None:
    client.get(path)
    (line,) = request_lines(seen)
    assert (line["http.response.status_code"], line["http.outcome"]) == (status, "client_error")
    assert line["http.route"] == ("/{unmatched}" if status == 405 else route)
    assert b"anna" not in b"".join(seen.raw)


def test_a_mounted_application_has_its_mount_in_front(seen: Captured) -> None:
    app = application()
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/north": application()})  # type: ignore[method-assign]
    calls(instrument(app)).get("/north/courses/7/lessons/3")
    assert request_lines(seen)[0]["http.route"] == "/north/courses/{course}/lessons/{lesson}"


def test_an_exception_that_flask_answers_is_one_error_with_frames(
    client: httpx.Client, seen: Captured, stdlib_lines: None
) -> None:
    assert client.get("/boom/7").status_code == 500
    (line,) = [line for line in seen.lines if line["log_level"] == "error"]
    assert (line["http.route"], line["http.response.status_code"]) == ("/boom/{grade}", 500)
    assert line["exception.type"] == "ValueError"
    assert line["exception.message"] == "no mail for [EMAIL]"
    assert "in boom" in line["exception.stacktrace"]
    assert seen.spans[0].status.status_code is StatusCode.ERROR


def test_an_exception_that_escapes_goes_on_as_it_is(seen: Captured) -> None:
    error = ValueError("no mail for anna@school.example")

    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        raise error

    with pytest.raises(ValueError, match="anna") as caught:
        WSGIMiddleware(app)(environ_of({}), lambda *_: lambda _part: None)
    assert caught.value is error
    (line,) = seen.lines
    assert (line["log_level"], line["http.response.status_code"]) == ("error", 500)
    assert "in app" in line["exception.stacktrace"]


def test_the_duration_is_to_the_last_part_and_its_lines_are_the_requests(
    client: httpx.Client, seen: Captured
) -> None:
    client.get("/stream", headers={"x-correlation-id": "c" * 8})
    (line,) = request_lines(seen)
    assert line["duration_ms"] >= 60
    assert line["http.response.body.size"] == 15
    assert {one["correlation_id"] for one in seen.lines} == {"c" * 8}
    assert len({one["span_id"] for one in seen.lines}) == 1


def test_an_answer_that_breaks_off_is_an_error(client: httpx.Client, seen: Captured) -> None:
    with pytest.raises(RuntimeError):
        client.get("/breaks")
    (line,) = request_lines(seen)
    assert (line["http.outcome"], line["exception.type"]) == ("server_error", "RuntimeError")


def test_what_runs_on_close_belongs_to_the_request_and_not_to_its_duration(
    client: httpx.Client, seen: Captured
) -> None:
    with client.stream("GET", "/later", headers={"x-correlation-id": "c" * 8}) as answer:
        answer.read()
    (line,) = request_lines(seen)
    assert line["duration_ms"] < 40
    assert {one["correlation_id"] for one in seen.lines} == {"c" * 8}
    (span,) = seen.spans
    assert span.end_time is not None
    assert span.start_time is not None
    assert (span.end_time - span.start_time) / 1e6 == pytest.approx(line["duration_ms"], abs=1)


def test_who_is_bound_inside_is_on_the_requests_own_line(client: httpx.Client, seen: Captured) -> None:
    client.get("/mine")
    (line,) = request_lines(seen)
    assert line["tenant_id"] == "t1"
    assert line["user_id"].startswith("usr_")


def test_bodies_are_counted_with_their_length(client: httpx.Client, seen: Captured) -> None:
    client.post("/echo", content=b"1234567")
    assert request_lines(seen)[0]["http.request.body.size"] == 7


def test_a_body_without_length_is_counted_as_it_is_read(seen: Captured) -> None:
    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"]
        first, line, rest = body.read(2), body.readline(), body.readlines()
        start_response("200 OK", [])
        return [first, line, *rest]

    environ = environ_of({"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO(b"ab\ncd\nef")})
    answer: Any = WSGIMiddleware(app)(environ, lambda *_: lambda _part: None)
    assert b"".join(answer) == b"ab\ncd\nef"
    answer.close()
    assert seen.lines[0]["http.request.body.size"] == 8


def test_a_server_that_gives_an_answer_up_says_the_client_is_gone(seen: Captured) -> None:
    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "6")])
        return iter([b"abc", b"def"])

    answer: Any = WSGIMiddleware(app)(environ_of({}), lambda *_: lambda _part: None)
    assert next(answer) == b"abc"
    answer.close()
    answer.close()
    (line,) = seen.lines
    assert (line["http.outcome"], line["http.response.status_code"]) == ("disconnected", 200)
    assert line["log_level"] == "info"


def test_an_answer_by_write_is_counted(seen: Captured) -> None:
    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])(b"old")
        return []

    answer: Any = WSGIMiddleware(app)(environ_of({}), lambda *_: lambda _part: None)
    assert list(answer) == []
    answer.close()
    assert seen.lines[0]["http.response.body.size"] == 3


def test_headers_and_parameters_are_recorded_where_they_are_named(
    stopped: None, capfd: pytest.CaptureFixture[str]
) -> None:
    eduscope.init(service="courses", record_headers=["accept"], record_query=["page"], tracing=False)
    calls(instrument(application())).get("/mine?page=2&name=Anna", headers={"accept": "text/html"})
    written = [line for line in capfd.readouterr().out.splitlines() if "request handled" in line]
    assert '"http.request.header.accept":"text/html"' in written[0]
    assert '"url.query.page":"2"' in written[0]
    assert "Anna" not in written[0]


HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "HTTP_X_CORRELATION_ID", "HTTP_BAGGAGE", "HTTP_TRACEPARENT", "HTTP_TRACESTATE", "HTTP_USER_AGENT",
            "CONTENT_LENGTH", "QUERY_STRING", "REMOTE_ADDR", "REQUEST_METHOD", "SERVER_PROTOCOL", "SCRIPT_NAME",
        ]
    ),
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(["c" * 10_000, "evil\r\nset-cookie: a=b", '"},{"', "-1", "9" * 40, "\xff\xfe", "\ud800"]),
    ),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(headers=HEADERS)
def test_no_environ_breaks_the_request_or_its_line(seen: Captured, headers: dict[str, str]) -> None:
    seen.clear()
    sent: list[Any] = []

    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("a", "b")])
        return [b"x"]

    def start_response(status: str, answered: list[tuple[str, str]]) -> Any:
        sent.extend(answered)

    answer: Any = WSGIMiddleware(app)(environ_of(headers), start_response)
    assert list(answer) == [b"x"]
    answer.close()
    (line,) = seen.lines
    assert is_correlation_id(line["correlation_id"])
    assert sent == [("a", "b"), ("X-Correlation-ID", line["correlation_id"])]
    assert len(seen.raw[0]) < 10_000


def test_a_fault_of_the_observer_does_not_reach_the_request(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(environ: object) -> str:
        raise RuntimeError("bug")

    monkeypatch.setattr("eduscope.http.wsgi.of_werkzeug", broken)
    assert client.get("/mine").status_code == 200


def test_a_fault_before_the_request_leaves_it_alone(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("bug")

    monkeypatch.setattr("eduscope.http.wsgi.read_headers", broken)
    assert client.get("/mine").status_code == 200


def test_a_real_server_and_requests_side_by_side_keep_their_ids(seen: Captured) -> None:
    class Quiet(wsgiref.simple_server.WSGIRequestHandler):
        def log_message(self, *args: object) -> None:
            """Nothing."""

    app: Any = instrument(application())
    with wsgiref.simple_server.make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        ids = [f"correlation-{n}" for n in range(3)]
        answers = [httpx.get(f"{url}/stream", headers={"x-correlation-id": one}) for one in ids]
        server.shutdown()
        thread.join()
    assert [answer.content for answer in answers] == [b"123451234512345"] * 3
    assert [line["correlation_id"] for line in request_lines(seen)] == ids


def environ_of(given: dict[str, Any]) -> dict[str, Any]:
    """An environ, as a server makes it."""
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    } | given
