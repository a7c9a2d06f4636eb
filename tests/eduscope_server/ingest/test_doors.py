"""Every door takes what it should, refuses what it should, and says why."""

import gzip
import json
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import zstandard
from tests.conftest import Platform

MakeBody = Callable[..., bytes]
PROTOBUF = "application/x-protobuf"
NDJSON = "application/x-ndjson"
DOORS = (("/v1/logs", PROTOBUF), ("/v1/traces", PROTOBUF), ("/v1/ndjson", NDJSON))


def post(platform: Platform, path: str, body: bytes, type_: str, **headers: str) -> httpx.Response:
    return platform.sender.post(path, content=body, headers={"Content-Type": type_, **headers})


def logs_of(platform: Platform, correlation_id: str) -> list[dict[str, Any]]:
    answer = platform.reader.get(
        "/api/logs", params={"query": f"correlation:{correlation_id}", "from": "-3650d", "to": "now"}
    )
    answer.raise_for_status()
    logs: list[dict[str, Any]] = answer.json()["logs"]
    return logs


def test_an_acknowledged_otlp_log_can_be_read(
    platform: Platform, otlp_logs: MakeBody, correlation_id: str
) -> None:
    answer = post(
        platform, "/v1/logs", otlp_logs(correlation_id, http__route="/quiz/{id}", count=3), PROTOBUF
    )
    assert (answer.status_code, answer.content) == (200, b"")
    found = logs_of(platform, correlation_id)
    assert [(log["message"], log["service_name"]) for log in found] == [("quiz graded", "courses")] * 3
    assert found[0]["attributes"] == {"http.route": "/quiz/{id}"}


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_compressed_bodies_are_read(
    platform: Platform, otlp_logs: MakeBody, correlation_id: str, encoding: str
) -> None:
    compress = {"gzip": gzip.compress, "zstd": zstandard.ZstdCompressor().compress}[encoding]
    body = compress(otlp_logs(correlation_id, count=2000))
    assert post(platform, "/v1/logs", body, PROTOBUF, **{"Content-Encoding": encoding}).status_code == 200
    assert platform.count(f"correlation:{correlation_id}") == 2000


def test_otlp_json_is_read_as_protobuf_is(platform: Platform, correlation_id: str) -> None:
    trace_id = "5b8efff798038103d269b633813fc60c"
    request = {
        "resourceLogs": [
            {
                "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "front-end"}}]},
                "scopeLogs": [
                    {
                        "logRecords": [
                            {
                                "timeUnixNano": "1790000000123456789",
                                "severityNumber": 17,
                                "body": {"stringValue": "quiz could not be loaded"},
                                "traceId": trace_id,
                                "spanId": "not hex",
                                "attributes": [
                                    {"key": "correlation_id", "value": {"stringValue": correlation_id}},
                                    {"key": "http.response.status_code", "value": {"intValue": "503"}},
                                ],
                                "someNewField": 1,
                            }
                        ]
                    }
                ],
            }
        ]
    }
    answer = post(platform, "/v1/logs", json.dumps(request).encode(), "application/json; charset=utf-8")
    assert (answer.status_code, answer.json()) == (200, {})
    (log,) = logs_of(platform, correlation_id)
    assert (log["log_level"], log["trace_id"], log["span_id"]) == ("error", trace_id, "")
    assert log["timestamp"].startswith("2026-09-21T14:13:20.123456")
    assert log["attributes"]["http.response.status_code"] == 503


def test_an_acknowledged_span_can_be_read(
    platform: Platform, otlp_spans: MakeBody, correlation_id: str
) -> None:
    trace_id = bytes.fromhex(correlation_id)
    assert post(platform, "/v1/traces", otlp_spans(correlation_id, trace_id=trace_id), PROTOBUF).is_success
    trace = platform.reader.get(f"/api/traces/{trace_id.hex()}").json()
    assert [(span["name"], span["kind"], span["duration_ms"]) for span in trace["spans"]] == [
        ("GET /courses/{id}", "server", 5.0)
    ]


def test_acknowledged_lines_can_be_read(platform: Platform, line: MakeBody, correlation_id: str) -> None:
    body = line(correlation_id, **{"http.route": "/a", "count": 2}) + line(correlation_id, log_level="error")
    assert post(platform, "/v1/ndjson", body.rstrip(), NDJSON).status_code == 200
    found = logs_of(platform, correlation_id)
    assert sorted(log["log_level"] for log in found) == ["error", "info"]
    assert {"http.route": "/a", "count": 2} in [log["attributes"] for log in found]


@pytest.mark.parametrize(("path", "type_"), DOORS)
@pytest.mark.parametrize("authorization", [None, "Bearer nobody-has-this-key", "Basic dTpw", "Bearer"])
def test_without_a_working_key_nothing_is_taken(
    platform: Platform, path: str, type_: str, authorization: str | None
) -> None:
    headers = {"Content-Type": type_} | ({"Authorization": authorization} if authorization else {})
    answer = httpx.post(platform.url + path, content=b"{}\n", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert b"nobody-has-this-key" not in answer.content


@pytest.mark.parametrize(("path", "type_"), DOORS)
def test_a_content_type_that_is_not_read_is_refused(platform: Platform, path: str, type_: str) -> None:
    assert post(platform, path, b"<a/>", "text/xml").status_code == 415
    assert post(platform, path, b"x", type_, **{"Content-Encoding": "br"}).status_code == 415


@pytest.mark.parametrize(("path", "type_"), DOORS)
def test_unreadable_bytes_are_refused_with_what_was_expected(
    platform: Platform, path: str, type_: str
) -> None:
    answer = post(platform, path, b"\xff\xfe\x00 nonsense", type_)
    assert answer.status_code == 400
    expected = {"/v1/logs": b"ExportLogsServiceRequest", "/v1/traces": b"ExportTraceServiceRequest"}
    assert expected.get(path, b"not UTF-8 at byte 0") in answer.content


def test_an_unreadable_line_is_refused_with_its_place(platform: Platform, line: MakeBody) -> None:
    answer = post(platform, "/v1/ndjson", line("a" * 16) + b'{"half": ', NDJSON)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unreadable_body"
    assert "truncated" in answer.json()["error"]["message"]


@pytest.mark.parametrize(("path", "type_"), DOORS)
def test_broken_compression_is_refused(platform: Platform, path: str, type_: str) -> None:
    for encoding in ("gzip", "zstd"):
        assert post(platform, path, b"nonsense", type_, **{"Content-Encoding": encoding}).status_code == 400
    truncated = gzip.compress(b"x" * 10_000)[:-12]
    assert post(platform, path, truncated, type_, **{"Content-Encoding": "gzip"}).status_code == 400


@pytest.mark.parametrize(("path", "type_"), DOORS)
def test_a_body_over_the_limit_is_refused(platform: Platform, path: str, type_: str) -> None:
    assert post(platform, path, b"\n" * (17 << 20), type_).status_code == 413


@pytest.mark.parametrize(("path", "type_"), DOORS)
def test_a_zip_bomb_is_refused(platform: Platform, path: str, type_: str) -> None:
    deflate = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    bomb = b"".join([deflate.compress(b"\n" * (1 << 20)) for _ in range(1000)]) + deflate.flush()
    assert len(bomb) < 2 << 20
    assert post(platform, path, bomb, type_, **{"Content-Encoding": "gzip"}).status_code == 413


def test_an_empty_body_is_taken(platform: Platform) -> None:
    for path, type_ in DOORS:
        assert post(platform, path, b"", type_).status_code == 200


@pytest.mark.parametrize(
    "odd",
    [b'"n": 1e99999', b'"n": ' + b"9" * 400, b'"t": "half \\ud800 a character"', b'"message": "\\udfff"'],
)
def test_what_the_engine_cannot_parse_is_read_by_python(
    platform: Platform, line: MakeBody, correlation_id: str, odd: bytes
) -> None:
    body = line(correlation_id).rstrip(b"}\n") + b", " + odd + b"}\n" + line(correlation_id)
    assert post(platform, "/v1/ndjson", body, NDJSON).status_code == 200
    assert platform.count(f"correlation:{correlation_id}") == 2


def test_a_line_nested_too_deeply_is_refused(platform: Platform, line: MakeBody) -> None:
    body = line("a" * 16).rstrip(b"}\n") + b', "t": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
    assert post(platform, "/v1/ndjson", body, NDJSON).status_code == 400


@pytest.mark.parametrize("levels", [500, 100_000])
def test_an_otlp_json_body_nested_too_deeply_is_refused(platform: Platform, levels: int) -> None:
    deep = '{"arrayValue":{"values":[' * levels + "{}" + "]}}" * levels
    record = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":' + deep + "}]}]}]}"
    answer = post(platform, "/v1/logs", record.encode(), "application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unreadable_body")


def test_a_message_nested_deeply_is_kept_without_its_depths(
    platform: Platform, line: MakeBody, correlation_id: str
) -> None:
    deep = b'{"password":' * 700 + b'"hunter2"' + b"}" * 700
    body = line(correlation_id).rstrip(b"}\n") + b', "message": ' + deep + b"}\n"
    assert post(platform, "/v1/ndjson", body, NDJSON).status_code == 200
    (found,) = logs_of(platform, correlation_id)
    assert "hunter2" not in found["message"]


def test_halves_of_characters_and_nulls_are_read_in_otlp_json(
    platform: Platform, correlation_id: str
) -> None:
    """Node's and browsers' JSON has the first, Go's the second."""
    body = (
        '{"resourceLogs":[{"scopeLogs":[{"logRecords":null}]},{"scopeLogs":null},{"scopeLogs":[{"logRecords":['
        '{"body":{"stringValue":"cut \\ud83d, whole \\ud83d\\ude00, written \\\\ud83d"},"attributes":['
        f'{{"key":"correlation_id","value":{{"stringValue":"{correlation_id}"}}}}]}}]}}]}}]}}'
    )
    assert post(platform, "/v1/logs", body.encode(), "application/json").status_code == 200
    assert [log["message"] for log in logs_of(platform, correlation_id)] == [
        "cut \ufffd, whole \U0001f600, written \\ud83d"
    ]
    spans = b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"links":null}]}]}]}'
    assert post(platform, "/v1/traces", spans, "application/json").status_code == 200


def test_one_poisoned_body_fails_alone(platform: Platform, line: MakeBody, correlation_id: str) -> None:
    poison = b'{"service_name": "poison", "n": 1e99999, "t": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
    bodies = [poison if n % 5 == 0 else line(correlation_id) for n in range(100)]
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda body: post(platform, "/v1/ndjson", body, NDJSON), bodies))
    good = [answer for n, answer in enumerate(answers) if n % 5]
    assert [answer.status_code for answer in good] == [200] * 80
    assert {answer.status_code for n, answer in enumerate(answers) if n % 5 == 0} == {400}
    assert platform.count(f"correlation:{correlation_id}") == 80


def test_a_truncated_request_cannot_swallow_its_neighbour(
    platform: Platform, otlp_logs: MakeBody, correlation_id: str
) -> None:
    whole = otlp_logs(correlation_id)
    bodies = [whole[:-3] if n % 2 else whole for n in range(60)]
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda body: post(platform, "/v1/logs", body, PROTOBUF), bodies))
    assert [answer.status_code for answer in answers] == [200, 400] * 30
    assert platform.count(f"correlation:{correlation_id}") == 30


@pytest.mark.parametrize("lane", ["express", "inspection"])
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (1_764_000_000, "2025-11-24T16:00:00Z"),
        (1_764_000_000.25, "2025-11-24T16:00:00.250000Z"),
        (1_764_000_000_250, "2025-11-24T16:00:00.250000Z"),
        (1_764_000_000_250_001, "2025-11-24T16:00:00.250001Z"),
        ("1764000000", "2025-11-24T16:00:00Z"),
        ("1969-12-31T23:59:59Z", None),
        ("1900-01-01T00:00:00Z", None),
    ],
)
def test_both_lanes_read_a_time_alike(  # noqa: PLR0917 - a line of the table, on either lane
    platform: Platform, line: MakeBody, correlation_id: str, lane: str, sent: float | str, kept: str | None
) -> None:
    suspect = {"message": "mail from amy@school.example"} if lane == "inspection" else {}
    body = line(correlation_id, timestamp=sent, **suspect)
    assert post(platform, "/v1/ndjson", body, NDJSON).status_code == 200
    (found,) = logs_of(platform, correlation_id)
    assert ("time_missing" in found["marks"]) == (kept is None)
    assert kept in {None, found["timestamp"]}


@pytest.mark.parametrize("lane", ["express", "inspection"])
def test_times_beyond_the_store_are_found_at_its_end(
    platform: Platform, line: MakeBody, correlation_id: str, lane: str
) -> None:
    suspect = {"message": "mail from amy@school.example"} if lane == "inspection" else {}
    sent = line(correlation_id, timestamp="9999-12-31T23:59:59Z", **suspect)
    assert post(platform, "/v1/ndjson", sent, NDJSON).status_code == 200
    whole = {"query": f"correlation:{correlation_id}", "from": "1970-01-01", "to": "2262-01-02"}
    (found,) = platform.reader.get("/api/logs", params=whole).json()["logs"]
    assert (found["timestamp"], "time_off" in found["marks"]) == ("2262-01-01T00:00:00Z", True)
    for path in ("/api/logs/histogram", "/api/logs/fields", "/api/services", "/api/errors", "/api/traces"):
        assert platform.reader.get(path, params=whole).status_code == 200, path


@pytest.mark.parametrize("lane", ["express", "inspection"])
def test_ids_of_the_wrong_shape_are_replaced_and_never_echoed(
    platform: Platform, line: MakeBody, correlation_id: str, lane: str
) -> None:
    bad = "<script>" + correlation_id
    suspect = {"message": "mail from amy@school.example"} if lane == "inspection" else {}
    body = line(bad, request_id=correlation_id, trace_id="xyz", **suspect)
    assert post(platform, "/v1/ndjson", body, NDJSON).status_code == 200
    found = platform.reader.get("/api/logs", params={"query": f"request:{correlation_id}"})
    (log,) = found.json()["logs"]
    assert bad not in found.text
    assert log["correlation_id"] != bad
    assert (log["trace_id"], "id_replaced" in log["marks"]) == ("", True)


def test_times_far_off_are_kept_and_marked(platform: Platform, line: MakeBody, correlation_id: str) -> None:
    body = line(correlation_id, timestamp="2019-01-01T00:00:00Z") + line(correlation_id, timestamp="soon")
    assert post(platform, "/v1/ndjson", body, NDJSON).status_code == 200
    found = {log["marks"][0]: log["timestamp"] for log in logs_of(platform, correlation_id)}
    assert found["time_off"].startswith("2019-01-01T00:00:00")
    assert found["time_missing"] > "2026"


@pytest.mark.parametrize("lane", ["express", "inspection"])
def test_what_is_not_declared_is_stored_as_a_token(
    platform: Platform, otlp_logs: MakeBody, correlation_id: str, lane: str
) -> None:
    message = "call 1" if lane == "express" else "write to amy.winter@school.example"
    body = otlp_logs(correlation_id, message=message, favourite__colour="teal", user_id="amy")
    assert post(platform, "/v1/logs", body, PROTOBUF).status_code == 200
    (log,) = logs_of(platform, correlation_id)
    assert log["attributes"]["favourite.colour"].startswith("und_")
    assert log["user_id"].startswith("usr_")
    assert ("inspected" in log["marks"]) == (lane == "inspection")
    assert "winter" not in log["message"]


def test_both_lanes_make_the_same_tokens(
    platform: Platform, otlp_logs: MakeBody, correlation_id: str
) -> None:
    for message in ("call 1", "write to amy.winter@school.example"):
        body = otlp_logs(correlation_id, message=message, favourite__colour="teal", user_id="amy")
        post(platform, "/v1/logs", body, PROTOBUF)
    express, inspected = logs_of(platform, correlation_id)
    assert express["user_id"] == inspected["user_id"]
    assert express["attributes"] == inspected["attributes"]


def test_a_body_that_is_not_plain_is_taken_with_the_plain_ones_beside_it(
    own_platform: Platform, otlp_logs: MakeBody
) -> None:
    """They are grouped, refused as a group by the plain inlet, and stored by the full one."""
    own_platform.start()
    bodies = [otlp_logs("group-of-bodies", count=20) for _ in range(30)]
    bodies += [otlp_logs("group-of-bodies", count=20, colour="red") for _ in range(10)]
    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(lambda body: post(own_platform, "/v1/logs", body, PROTOBUF), bodies))
    assert {answer.status_code for answer in answers} == {200}
    assert own_platform.count("correlation:group-of-bodies") == 800
    counted = own_platform.reader.get("/metrics").text
    assert 'eduscope_ingest_not_plain_total{signal="logs"}' in counted
    tokens = {log["attributes"].get("colour", "") for log in logs_of(own_platform, "group-of-bodies")}
    assert all(text == "" or text.startswith("und_") for text in tokens)


@pytest.mark.parametrize("path", ["/v1/logs", "/v1/ndjson"])
def test_a_batch_sent_again_is_acknowledged_and_stored_once(
    platform: Platform, otlp_logs: MakeBody, line: MakeBody, correlation_id: str, path: str
) -> None:
    type_ = dict(DOORS)[path]
    body = otlp_logs(correlation_id) if type_ == PROTOBUF else line(correlation_id=correlation_id)
    numbered = {"eduscope-batch-id": f"batch-{correlation_id}"[:64]}
    answers = [post(platform, path, body, type_, **numbered) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert platform.count(f"correlation:{correlation_id}") == 1


@pytest.mark.parametrize("path", ["/v1/logs", "/v1/ndjson"])
def test_of_a_body_only_the_records_with_something_personal_are_inspected(
    platform: Platform, otlp_logs: MakeBody, line: MakeBody, correlation_id: str, path: str
) -> None:
    type_ = dict(DOORS)[path]
    if type_ == PROTOBUF:
        parts = [otlp_logs(correlation_id, http__route=f"/mail/anna{n}@school.example") for n in range(2)]
        body = b"".join([*parts, otlp_logs(correlation_id, count=50)])
    else:
        body = b"".join(line(correlation_id=correlation_id, message=m) for m in ["done"] * 25)
        body += b"".join(
            line(correlation_id=correlation_id, message=f"anna{n}@school.example") for n in range(2)
        )
        body += b"".join(line(correlation_id=correlation_id, message=m) for m in ["done"] * 25)
    assert post(platform, path, body, type_).status_code == 200
    logs = logs_of(platform, correlation_id)
    assert len(logs) == 52
    assert sum("inspected" in log["marks"] for log in logs) == 2
    assert "anna" not in json.dumps(logs)
