"""Where the gate stopped, a second look tells whether anything is there, and never says no where something is."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from tests.conftest import Platform

from eduscope.privacy import OwnNumbers, detectors, redact, tenants
from eduscope_server.ingest import second_look
from eduscope_server.ingest.ndjson import LINES
from eduscope_server.ingest.otlp import LOGS, TRACES

CATCHES = [text for module in detectors.modules() for text, _ in module.CATCHES]
LOOKS_LIKE_MAIL = b"ada@example.com."
"""A trace id, of random bytes as any."""


def has_find(texts: list[str] | None) -> bool:
    return texts is None or not second_look.is_clean(texts)


def requests(text: str) -> list[tuple[str, bytes]]:
    """The text in every place of a request that holds text."""
    logs, spans = ExportLogsServiceRequest(), ExportTraceServiceRequest()
    scope, spans_scope = (
        logs.resource_logs.add().scope_logs.add(),
        spans.resource_spans.add().scope_spans.add(),
    )
    record, span = scope.log_records.add(), spans_scope.spans.add()
    places = [
        (record.body, "string_value"),
        (record, "event_name"),
        (record.attributes.add(key="http.route").value, "string_value"),
        (record.attributes.add(), "key"),
        (logs.resource_logs[0].resource.attributes.add(key="service.name").value, "string_value"),
        (scope.scope, "name"),
        (record.attributes.add(key="tags").value.array_value.values.add(), "string_value"),
        (span, "name"),
        (span.status, "message"),
        (span.events.add(), "name"),
        (span.events[0].attributes.add(key="exception.message").value, "string_value"),
        (span.links.add().attributes.add(key="link").value, "string_value"),
    ]
    bodies = []
    for holder, name in places:
        setattr(holder, name, text)
        bodies += [("logs", logs.SerializeToString()), ("traces", spans.SerializeToString())]
        setattr(holder, name, "")
        record.ClearField("body")
    return [(kind, body) for kind, body in bodies if text.encode() in body]


@pytest.mark.parametrize("text", [text for text in CATCHES if redact(text) != text])
def test_what_the_profile_finds_is_seen_wherever_it_stands(text: str) -> None:
    for kind, body in requests(text):
        assert has_find({"logs": LOGS, "traces": TRACES}[kind].texts(body)), kind
    lines: list[dict[str, Any]] = [{"message": text}, {text: 1}, {"tags": [text]}, {"a": {"b": text}}]
    for line in lines:
        for escaped in (True, False):
            assert has_find(LINES.texts(json.dumps(line, ensure_ascii=escaped).encode() + b"\n")), line


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*CATCHES, "quiz graded", "", "4bf92f3577b34da6"]), max_size=6))
def test_of_many_texts_each_counts(texts: list[str]) -> None:
    body = b"".join(json.dumps({"message": text}).encode() + b"\n" for text in texts)
    assert second_look.is_clean(texts) == all(redact(text) == text for text in texts)
    assert LINES.texts(body) == [part for text in texts for part in ("message", text)]


@pytest.mark.parametrize(
    "line",
    [
        b'{"message": "ada@example.com", "message": "said"}',
        b'{"card": 4111111111111111}',
        b'{"message": "ada\\u0040example.com"}',
        b'{"message":\n"said"}',
        b'{"message": "\xff"}',
        b'{"message": {"deep": 1}}',
    ],
    ids=["a name twice", "a number", "an escape", "two lines", "not UTF-8", "a map"],
)
def test_a_line_that_may_be_read_in_two_ways_is_treated(line: bytes) -> None:
    assert has_find(LINES.texts(line))


def test_so_is_a_request_with_a_field_that_comes_twice() -> None:
    request = ExportLogsServiceRequest()
    record = request.resource_logs.add().scope_logs.add().log_records.add()
    record.event_name = "ada@example.com"
    first = record.SerializeToString()
    record.event_name = "said"
    both = first + record.SerializeToString()
    fields = (
        b"\x12" + bytes((len(both),)) + both,
        b"\x12" + bytes((len(both) + 2,)),
        b"\x0a" + bytes((len(both) + 4,)),
    )
    body = fields[2] + fields[1] + fields[0]
    read = ExportLogsServiceRequest.FromString(body)
    assert read.resource_logs[0].scope_logs[0].log_records[0].event_name == "said"
    assert LOGS.texts(body) is None


def test_a_tenants_own_numbers_are_finds(request: pytest.FixtureRequest) -> None:
    assert second_look.is_clean(["pupil NS-12345 absent"])
    tenants.use("north", OwnNumbers([r"NS-[0-9]{5}"]))
    request.addfinalizer(lambda: tenants.use("north"))
    assert not second_look.is_clean(["pupil NS-12345 absent"])


def test_ids_that_only_look_like_something_take_the_express_lane(
    platform: Platform, correlation_id: str
) -> None:
    request = ExportLogsServiceRequest()
    records = request.resource_logs.add().scope_logs.add().log_records
    for n in range(3):
        record = records.add(time_unix_nano=1_790_000_000_000_000_000, severity_number=9)
        record.body.string_value = "quiz graded"
        record.trace_id = LOOKS_LIKE_MAIL if n else b"\x01" * 16
        record.attributes.add(key="correlation_id").value.string_value = correlation_id
    answer = platform.sender.post(
        "/v1/logs", content=request.SerializeToString(), headers={"Content-Type": "application/x-protobuf"}
    )
    assert answer.status_code == 200
    found = platform.reader.get(
        "/api/logs", params={"query": f"correlation:{correlation_id}", "from": "-3650d", "to": "now"}
    ).json()["logs"]
    assert sorted(log["trace_id"] for log in found) == sorted(
        [b"\x01".hex() * 16, *[LOOKS_LIKE_MAIL.hex()] * 2]
    )
    assert all("inspected" not in log["marks"] for log in found)
