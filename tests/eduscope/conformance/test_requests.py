"""Requests: ids, the line, the route, the address, sizes, failures, hostile headers."""

import re
from typing import Any

import pytest
from tests.eduscope.conformance import school
from tests.eduscope.conformance.service import (
    CALLED_WITH,
    CALLER_SPAN,
    CORRELATION,
    TRACE_ID,
    Service,
    request_line,
)

from eduscope.context import is_correlation_id
from eduscope.contract import MANDATORY, attribute
from eduscope.privacy import tokenize
from eduscope.testing import Captured

BESIDE = {"message", "environment", "release", "trace_id", "span_id"}
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def test_every_line_has_the_mandatory_fields(service: Service, seen: Captured) -> None:
    service.get("/courses/7", CALLED_WITH)
    service.get("/fail/7")
    assert seen.lines
    for line in seen.lines:
        assert tuple(line)[: len(MANDATORY)] == tuple(MANDATORY)
        assert set(line) >= BESIDE
        assert TIMESTAMP.fullmatch(line["timestamp"])
        assert (line["service_name"], line["environment"], line["release"]) == ("school", "production", "1.2")


def test_every_field_of_the_request_line_is_declared(service: Service, seen: Captured) -> None:
    service.get("/courses/7")
    service.get("/fail/7")
    for line in seen.lines:
        if line["message"].startswith("request "):
            assert [
                name for name in line if name not in (*MANDATORY, *BESIDE) and attribute(name) is None
            ] == []


def test_the_correlation_is_taken_and_told(service: Service, seen: Captured) -> None:
    answer = service.get("/courses/7", CALLED_WITH)
    assert answer.headers.get_list("x-correlation-id") == [CORRELATION]
    assert {line["correlation_id"] for line in seen.lines} == {CORRELATION}


def test_a_correlation_is_made_where_none_came(service: Service, seen: Captured) -> None:
    answer = service.get("/courses/7")
    assert is_correlation_id(answer.headers["x-correlation-id"])
    assert {line["correlation_id"] for line in seen.lines} == {answer.headers["x-correlation-id"]}


def test_the_correlation_is_told_with_an_error_too(service: Service, seen: Captured) -> None:
    answer = service.get("/fail/7", CALLED_WITH)
    assert (answer.status_code, answer.headers["x-correlation-id"]) == (500, CORRELATION)


def test_every_request_has_an_id_of_its_own(service: Service, seen: Captured) -> None:
    service.get("/courses/7", CALLED_WITH)
    service.get("/courses/7", CALLED_WITH)
    ids = [line["request_id"] for line in seen.lines if line["message"] == "request handled"]
    assert len(set(ids)) == 2
    assert all(is_correlation_id(one) for one in ids)


def test_the_line_of_a_request(service: Service, seen: Captured) -> None:
    answer = service.get("/courses/7?name=Anna", {"user-agent": "Firefox/140.0"})
    line = request_line(seen)
    expected = {
        "log_level": "info", "message": "request handled", "http.request.method": "GET",
        "http.route": "/courses/{course}", "url.path": "/courses/{course}", "http.response.status_code": 200,
        "http.outcome": "ok", "user_agent.original": "Firefox/140.0", "url.scheme": "http",
        "http.request.body.size": 0, "http.response.body.size": len(answer.content),
    }  # fmt: skip
    assert {name: line[name] for name in expected} == expected
    assert 0 < line["duration_ms"] < 10_000
    assert b"Anna" not in b"".join(seen.raw)


def test_the_address_is_there_in_part(service: Service, seen: Captured) -> None:
    service.get("/courses/7")
    address = request_line(seen)["client.address"]
    assert address.startswith("203.0.113.h")
    assert b"203.0.113.7" not in b"".join(seen.raw)


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/courses/anna", "/courses/{course}", 200),
        ("/fail/anna", "/fail/{course}", 500),
        ("/anna@school.example", "/{unmatched}", 404),
        ("/courses/anna/secret", "/{unmatched}", 404),
    ],
)
def test_the_route_is_the_template(
    service: Service, seen: Captured, path: str, route: str, status: int
) -> None:
    service.get(path)
    line = request_line(seen)
    assert (line["http.route"], line["http.response.status_code"]) == (route, status)
    assert b"anna" not in b"".join(seen.raw).replace(b"[EMAIL]", b"")
    assert [span.name for span in seen.spans if span.name.startswith("GET ")] == [f"GET {route}"]


def test_an_error_is_one_line_with_frames_and_no_locals(service: Service, seen: Captured) -> None:
    service.get("/fail/7", CALLED_WITH)
    (line,) = [line for line in seen.lines if line["log_level"] == "error"]
    assert (line["message"], line["http.response.status_code"]) == ("request failed", 500)
    assert (line["http.outcome"], line["correlation_id"]) == ("server_error", CORRELATION)
    assert line["error.type"] == "500"
    assert (line["exception.type"], line["exception.message"]) == ("ValueError", "no mail for [EMAIL]")
    assert re.search(r"school\.py:\d+ in fail$", line["exception.stacktrace"])
    everything = b"".join(seen.raw).decode() + "".join(span.to_json() for span in seen.spans)
    assert school.LOCAL_SECRET not in everything
    assert school.PERSON not in everything


def test_sizes_are_those_of_the_bodies(service: Service, seen: Captured) -> None:
    answer = service.post("/ask/7", content=b"what is a group?")
    line = request_line(seen)
    assert line["http.request.body.size"] == 16
    assert line["http.response.body.size"] == len(answer.content)


def test_a_body_of_unknown_size_is_counted(service: Service, seen: Captured) -> None:
    service.get("/stream")
    line = request_line(seen)
    assert line["http.response.body.size"] == 15
    assert line["duration_ms"] >= 60


def test_who_is_bound_inside_is_on_the_line_as_a_token(service: Service, seen: Captured) -> None:
    service.get("/me")
    line = request_line(seen)
    assert (line["tenant_id"], line["user_id"]) == ("t1", tokenize(school.PERSON))


def test_nothing_personal_is_written(service: Service, seen: Captured) -> None:
    service.get("/me")
    (line,) = [line for line in seen.lines if line["message"].startswith("mail sent")]
    assert line["message"] == "mail sent to [EMAIL]"
    assert line["student.id" if "student.id" in line else "student_id"].startswith("usr_")
    assert line["nobody_declared_this"].startswith("und_")
    written = b"".join(seen.raw).decode()
    for value in (school.PERSON, "Anna", "1234567"):
        assert value not in written


def test_debug_lines_are_absent_in_production(service: Service, seen: Captured) -> None:
    service.get("/courses/7")
    assert "debug" not in {line["log_level"] for line in seen.lines}


HOSTILE: dict[str, list[tuple[bytes, bytes]]] = {
    "a correlation id of 10 kB": [(b"x-correlation-id", b"c" * 10_000)],
    "a correlation id with a new line": [(b"x-correlation-id", b"evil\r\nset-cookie: a=b")],
    "a correlation id that closes the JSON": [(b"x-correlation-id", b'"},{"admin":true')],
    "bytes that are no text": [
        (b"x-correlation-id", b"\xff\xfe\x00\x80abcdefgh"),
        (b"user-agent", b"\xff\x00\x80"),
    ],
    "a trace that is none": [(b"traceparent", b"00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-01")],
    "a trace of another version": [(b"traceparent", b"ff-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01")],
    "baggage without end": [(b"baggage", b"correlation_id=" + b"%41" * 5_000 + b"," * 3_000)],
    "a tracestate without end": [(b"traceparent", b"x" * 5_000), (b"tracestate", b"a=b," * 5_000)],
    "a user agent of 100 kB": [(b"user-agent", b"a" * 100_000)],
    "a length that is none": [(b"content-length", b"-1")],
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_hostile_headers_harm_nothing(service: Service, seen: Captured, attack: str) -> None:
    answer = service.get("/courses/7", HOSTILE[attack])
    line = request_line(seen)
    told = answer.headers["x-correlation-id"]
    assert is_correlation_id(told)
    assert line["correlation_id"] == told
    assert "set-cookie" not in answer.headers
    assert all(len(raw) < 10_000 and raw.count(b"\n") == 1 for raw in seen.raw)
    (span,) = [span for span in seen.spans if span.name == f"GET {line['http.route']}"]
    assert span.context is not None
    assert line["trace_id"] == f"{span.context.trace_id:032x}"


def test_the_trace_goes_on_and_its_spans_hang_together(service: Service, seen: Captured) -> None:
    service.post("/ask/7", headers=CALLED_WITH, content=b"x")
    spans: dict[str, Any] = {span.name: span for span in seen.spans}
    server, client, model = spans["POST /ask/{course}"], spans["GET accounts"], spans["chat tutor"]
    assert {f"{span.context.trace_id:032x}" for span in spans.values()} == {TRACE_ID}
    assert f"{server.parent.span_id:016x}" == CALLER_SPAN
    assert client.parent.span_id == model.parent.span_id == server.context.span_id
    line = request_line(seen)
    assert (line["trace_id"], line["span_id"]) == (TRACE_ID, f"{server.context.span_id:016x}")


def test_what_is_called_gets_the_ids(service: Service, seen: Captured) -> None:
    got = service.post("/ask/7", headers=CALLED_WITH, content=b"x").json()
    (span,) = [span for span in seen.spans if span.name == "GET accounts"]
    assert span.context is not None
    assert got["x-correlation-id"] == CORRELATION
    assert got["traceparent"] == f"00-{TRACE_ID}-{span.context.span_id:016x}-01"
    assert f"correlation_id={CORRELATION}" in got["baggage"]
