"""Records that are inspected: each field by its class, the same for a batch as for a record alone."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from eduscope.contract import ATTRIBUTES, attribute
from eduscope.privacy import KeyRing, OwnNumbers, find, is_token, policy, redact, tenants, tokenize, use_ring
from eduscope_server.ingest.inspection import ndjson, otlp
from eduscope_server.ingest.inspection.ndjson import BATCH_LINES, line_rows
from eduscope_server.ingest.inspection.otlp import log_rows, span_rows


def rows(*lines: dict[str, Any], tenant_id: str | None = None) -> list[dict[str, Any]]:
    return [json.loads(row) for row in b"\n".join(line_rows(lines, tenant_id)).split(b"\n") if row]


KEYS = st.sampled_from([f.name for f in ATTRIBUTES] + ["favourite.colour", "x"])
VALUES = st.one_of(
    st.text(max_size=20).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text)),
    st.sampled_from(["mail ada@example.com", "203.0.113.7", "/courses/42?x=1", "password=hunter2", "maths", "GET"]),
    st.integers(-(2**53), 2**53),
    st.booleans(),
    st.none(),
    st.lists(st.sampled_from(["a", "ada@example.com"]), max_size=2),
)  # fmt: skip


@settings(max_examples=200)
@given(lines=st.lists(st.fixed_dictionaries({"message": VALUES}) | st.dictionaries(KEYS, VALUES), max_size=5))
def test_a_line_in_a_batch_is_kept_as_its_policy_says(lines: list[dict[str, Any]]) -> None:
    for line, row in zip(lines, rows(*lines), strict=True):
        message = line.get("message")
        text = message if isinstance(message, str) else "" if message is None else json.dumps(message)
        if not isinstance(message, list):
            assert row["message"] == redact(text)
        for key, value in line.items():
            if key != "message" and isinstance(value, str) and value:
                assert row["attributes"][key] == policy.apply(attribute(key), value)
            elif key != "message" and value in ("", None):
                assert key not in row["attributes"]


def test_many_lines_keep_their_order() -> None:
    lines = [{"message": f"mail {n}@example.com number {n}"} for n in range(2 * BATCH_LINES + 5)]
    assert [row["message"] for row in rows(*lines)] == [f"mail [EMAIL] number {n}" for n in range(len(lines))]


def test_batches_of_many_fields_are_shorter_and_keep_all(monkeypatch: pytest.MonkeyPatch) -> None:
    for inspection in (ndjson, otlp):
        monkeypatch.setattr(inspection, "BATCH_FIELDS", 8)
    lines = [{"message": f"mail {n}@example.com", "count": n, "http.route": "/"} for n in range(7)]
    request = ExportLogsServiceRequest()
    records = request.resource_logs.add().scope_logs.add().log_records
    for n in range(7):
        record = records.add()
        record.body.string_value = f"mail {n}@example.com"
        for _ in range(3):
            record.attributes.add(key="count").value.int_value = n
    assert len(list(line_rows(lines, None))) == len(list(log_rows(request, None))) == 3
    for kept in (
        rows(*lines),
        [json.loads(row) for part in log_rows(request, None) for row in part.splitlines()],
    ):
        assert [row["measures"]["count"] for row in kept] == list(range(7))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2019-01-01T00:00:00Z", "2019-01-01 00:00:00.000000"),
        ("2019-01-01T02:00:00+02:00", "2019-01-01 00:00:00.000000"),
        ("9999-12-31T23:59:59Z", "2262-01-01 00:00:00.000000"),
    ],
)
def test_times_far_off_are_kept_within_the_columns_range_and_marked(sent: str, kept: str) -> None:
    (row,) = rows({"timestamp": sent})
    assert (row["timestamp"], row["marks"]) == (kept, ["inspected", "time_off"])


@pytest.mark.parametrize("sent", ["soon", "", "1969-12-31T23:59:59Z", 7])
def test_a_time_that_is_none_becomes_now(sent: object) -> None:
    (row,) = rows({"timestamp": sent})
    assert "time_missing" in row["marks"]
    assert abs(datetime.now(UTC) - datetime.fromisoformat(row["timestamp"] + "+00:00")) < timedelta(minutes=1)


def test_a_near_time_is_kept_to_the_microsecond_in_utc() -> None:
    now = datetime.now(UTC).replace(microsecond=123456)
    east = (now + timedelta(hours=2)).replace(tzinfo=None).isoformat() + "+02:00"
    for sent in (now.isoformat(), now.isoformat().replace("+00:00", "Z"), east):
        (row,) = rows({"timestamp": sent})
        assert row["timestamp"] == now.strftime("%Y-%m-%d %H:%M:%S.123456")
        assert row["marks"] == ["inspected"]


def test_a_person_is_a_token_and_another_ring_makes_another() -> None:
    first, second = (KeyRing([(k, k.encode() * 16)]) for k in ("k1", "k2"))
    try:
        use_ring(first)
        (before,) = rows({"user_id": "ada", "favourite.colour": "teal"})
        assert before["user_id"] == tokenize("ada", ring=first)
        use_ring(second)
        (after,) = rows({"user_id": "ada", "favourite.colour": "teal"})
        assert (after["user_id"], after["attributes"]["favourite.colour"]) == (
            tokenize("ada", ring=second),
            tokenize("teal", "und", second),
        )
    finally:
        use_ring(None)


def test_a_tenants_own_numbers_are_found_in_its_records_only() -> None:
    tenants.use("north", OwnNumbers([r"S\d{7}"]))
    try:
        lines = [{"message": "graded S1234567", "tenant_id": tenant} for tenant in ("north", "south")]
        assert [row["message"] for row in rows(*lines)] == ["graded [STUDENT_ID]", "graded S1234567"]
        assert rows(lines[1], tenant_id="north")[0]["message"] == "graded [STUDENT_ID]"
        logs = ExportLogsServiceRequest()
        record = logs.resource_logs.add().scope_logs.add().log_records.add()
        record.body.string_value = "graded S1234567"
        record.attributes.add(key="tenant_id").value.string_value = "north"
        assert b"graded [STUDENT_ID]" in b"".join(log_rows(logs, None))
    finally:
        tenants.use("north")


@given(value=st.from_regex(r"\A[0-9a-f]{32}\Z") | st.uuids().map(str))
def test_nothing_is_found_in_drawn_ids_which_are_therefore_not_looked_at(value: str) -> None:
    assert find(value, "message") == []


def test_otlp_records_and_events_are_redacted_in_batches_too() -> None:
    logs, traces = ExportLogsServiceRequest(), ExportTraceServiceRequest()
    records = logs.resource_logs.add().scope_logs.add().log_records
    for n in range(3):
        record = records.add(time_unix_nano=1)
        record.body.string_value = f"mail {n}@example.com"
        record.attributes.add(key="exception.message").value.string_value = "from 203.0.113.7"
        record.attributes.add(key="user_id").value.string_value = "ada"
    found = [json.loads(row) for row in b"\n".join(log_rows(logs, "t1")).split(b"\n")]
    assert [row["message"] for row in found] == ["mail [EMAIL]"] * 3
    assert {row["attributes"]["exception.message"] for row in found} == {"from [IP]"}
    assert all(is_token(row["user_id"]) and row["tenant_id"] == "t1" for row in found)
    span = traces.resource_spans.add().scope_spans.add().spans.add(name="call ada@example.com")
    span.status.message = "password=hunter2"
    event = span.events.add(name="login for user ada")
    event.attributes.add(key="exception.message").value.string_value = "password=hunter2"
    event.attributes.add(key="exception.count").value.int_value = 3
    (row,) = (json.loads(row) for row in b"\n".join(span_rows(traces, None)).split(b"\n"))
    assert (row["name"], row["status_message"]) == ("call [EMAIL]", "password=[SECRET]")
    assert row["events"][0]["name"] == "login for user [USERNAME]"
    assert row["events"][0]["attributes"] == {
        "exception.message": "password=[SECRET]",
        "exception.count": "3.0",
    }


PERSONAL_NAMES = ("Ada Lovelace", "ada@example.com", "S1234567", "460-89-9847", "DE89370400440532013000")


@pytest.mark.parametrize("name", PERSONAL_NAMES)
def test_a_field_named_after_a_person_is_kept_under_a_code(name: str) -> None:
    (row,) = rows({"message": "m", name: "x", f"{name} ": 3, f"{name}!": True})
    assert name not in json.dumps(row)
    assert len(row["attributes"]) == 2
    assert len(row["measures"]) == 1


def test_the_fields_of_a_body_are_each_treated_by_their_class() -> None:
    body = {
        "outcome": "passed",
        "user.full_name": "Ada Lovelace",
        "content": "I am Ada",
        "gen_ai.prompt": "I am Ada",
        "student_id": 4711815,
        "count": 3,
        "more": [{"Ada Lovelace": "x", "exception.message": "mail ada@example.com"}],
    }
    (row,) = rows({"message": body})
    kept = json.loads(row["message"])
    assert kept["outcome"] == "passed"
    assert kept["count"] == 3
    assert kept["gen_ai.prompt"] == "[withheld:prose]"
    assert is_token(kept["user.full_name"])
    assert is_token(kept["student_id"])
    assert is_token(kept["content"])
    assert kept["more"][0]["exception.message"] == "mail [EMAIL]"
    assert "Ada" not in row["message"]
