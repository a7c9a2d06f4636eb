"""Lines that are written straight to JSON are kept exactly as lines of which a row is made first."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, SeverityNumber

from eduscope.contract import ATTRIBUTES, LOG_FIELDS, FieldClass, declare, withdraw
from eduscope.privacy import KeyRing, OwnNumbers, is_token, network, tenants, use_ring
from eduscope_server.ingest.inspection import fields, ndjson, otlp
from eduscope_server.ingest.inspection.fields import plans
from eduscope_server.ingest.inspection.shapes import SHAPES_MAX, memory
from eduscope_server.ingest.inspection.usual import Writer
from eduscope_server.privacy.prose import Desk, prose_names

NOW = datetime.now(UTC).isoformat(timespec="microseconds")
USUAL = {
    "timestamp": NOW,
    "log_level": "info",
    "service_name": "courses",
    "correlation_id": "5eda92d864ac5db9d707107e855c3844",
    "tenant_id": "north",
    "user_id": "ada",
    "request_id": "78255d68-0792-4986-bb96-8a437d5c8dfc",
    "duration_ms": 1.5,
    "message": "login for user ada from 203.0.113.7",
    "trace_id": "82283d15a9ec0806705fca161622bd79",
    "span_id": "c74803e31ba16215",
    "user_agent.original": 'curl/8 "x" ada@example.com',
    "client.address": "203.0.113.7",
    "http.response.status_code": 200,
    "course.title": "Algebra \\ é 学",
    "db.rows": 1e300,
}


@pytest.fixture(autouse=True)
def _ring() -> Iterator[None]:
    use_ring(KeyRing([("k1", b"0" * 32)]))
    yield
    use_ring(None)


def kept(
    lines: list[dict[str, Any]], tenant_id: str | None = None, desk: Desk | None = None
) -> list[dict[str, Any]]:
    return [json.loads(row) for row in b"\n".join(ndjson.line_rows(lines, tenant_id, desk)).split(b"\n")]


def kept_slowly(lines: list[dict[str, Any]], tenant_id: str | None = None) -> list[dict[str, Any]]:
    """The same with no line taken for a usual one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Writer, "write", lambda *_: False)
        return kept(lines, tenant_id)


def are_usual(lines: list[dict[str, Any]]) -> list[bool]:
    """Which of the lines are written straight to JSON."""
    taken: list[bool] = []
    write_line = Writer.write_line

    def watched(self: Writer, line: dict[str, Any]) -> bool:
        taken.append(write_line(self, line))
        return taken[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Writer, "write_line", watched)
        kept(lines)
    return taken


ANY_VALUES = st.one_of(
    st.builds(
        lambda x: AnyValue(string_value=x),
        st.sampled_from(["", "ada", "203.0.113.7", "é\n", "t1", "x" * 300]),
    ),
    st.builds(lambda x: AnyValue(int_value=x), st.sampled_from([0, 7, -(2**63), 2**53])),
    st.builds(lambda x: AnyValue(double_value=x), st.floats()),
    st.builds(lambda x: AnyValue(bool_value=x), st.booleans()),
    st.builds(lambda x: AnyValue(bytes_value=x), st.binary(max_size=3)),
    st.just(AnyValue()),
    st.just(AnyValue(array_value=ArrayValue(values=[AnyValue(string_value="ada")]))),
    st.just(
        AnyValue(kvlist_value=KeyValueList(values=[KeyValue(key="k", value=AnyValue(string_value="ada"))]))
    ),
)
ATTRIBUTE_KEYS = st.sampled_from(
    [
        *("tenant_id", "correlation_id", "request_id", "user_id", "duration_ms", "message", "trace_id", "release"),
        *("service.name", "service.version", "deployment.environment", "x", "", "a b", "a_b", "exception.message"),
        *("client.address", "user_agent.original", "student_id"),
    ]
)  # fmt: skip
ATTRIBUTE_LISTS = st.lists(
    st.builds(lambda k, v: KeyValue(key=k, value=v), ATTRIBUTE_KEYS, ANY_VALUES), max_size=5
)
NOW_NANOS = int(datetime.now(UTC).timestamp() * 1e9)
RECORDS = st.builds(
    LogRecord,
    time_unix_nano=st.sampled_from([0, 1, NOW_NANOS, NOW_NANOS + 987_654_321, 2**64 - 1]),
    observed_time_unix_nano=st.sampled_from([0, NOW_NANOS]),
    severity_number=st.integers(0, 24),
    body=ANY_VALUES,
    trace_id=st.sampled_from([b"", b"x" * 16, b"\x12" * 16, b"abc"]),
    span_id=st.sampled_from([b"", b"\xab" * 8, b"\x41\x11" * 4]),
    attributes=ATTRIBUTE_LISTS,
)


def without_now(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"timestamp": "now"} if "time_missing" in row["marks"] else row for row in rows]


TEXTS = st.text(max_size=12).filter(lambda text: text.isprintable() or "\n" in text) | st.sampled_from(
    [
        *("", "ada", "mail ada@example.com", "203.0.113.7", "/courses/42?x=1", "password=hunter2", '"\\\n\x00\u2028'),
        *("4111111111111111", "0" * 16, "a" * 32, "a" * 300, "usr_k1_" + "a" * 26, "[EMAIL]", "true", "1e400"),
        *(USUAL["timestamp"], "2019-01-01T00:00:00.000000Z", "9999-99-99T99:99:00.000000Z", "soon", "GET", "debug"),
        *("78255d68-0792-4986-bb96-8a437d5c8dfc", "5EDA92D864AC5DB9D707107E855C3844", "x y", "\uff11\uff12"),
    ]
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(-(2**64), 2**64),
    st.floats(),
    st.sampled_from([0, -0.0, 1, True, 2**53, 4711815, float("nan"), float("inf"), 1e22, 5e-324]),
)
VALUES = st.recursive(
    TEXTS | NUMBERS | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
NAMES = [f.name for f in LOG_FIELDS]
KEYS = st.sampled_from([*NAMES, *NAMES, *(f.name for f in ATTRIBUTES), "x", "", "a b", "é", "Ada Lovelace"])
LINES = st.tuples(st.dictionaries(KEYS, VALUES, max_size=4), st.sets(st.sampled_from(list(USUAL)), max_size=3)).map(
    lambda drawn: {k: v for k, v in (USUAL | drawn[0]).items() if k not in drawn[1]}
)  # fmt: skip


@settings(max_examples=300)
@given(lines=st.lists(LINES, min_size=1, max_size=6), tenant_id=st.sampled_from([None, "t1", 'a"b']))
def test_what_is_kept_of_a_line_does_not_depend_on_how_it_is_written(
    lines: list[dict[str, Any]], tenant_id: str | None
) -> None:
    wanted = without_now(kept_slowly(lines, tenant_id))
    for _ in range(3):  # then with values that were seen before
        assert without_now(kept(lines, tenant_id)) == wanted


def test_our_own_lines_are_usual_and_hold_nothing_personal() -> None:
    lines: list[dict[str, Any]] = [
        USUAL,
        USUAL | {"request_id": "", "span_id": "", "duration_ms": None, "more": -0.0},
        {k: v for k, v in USUAL.items() if k not in ("trace_id", "duration_ms", "tenant_id")},
    ]
    assert are_usual(lines * 2)[3:] == [True] * 3
    for row in kept(lines):
        assert row["marks"] == ["inspected"]
        assert row["message"] == "login for user [USERNAME] from [IP]"
        assert is_token(row["user_id"])
        assert not [v for v in ("ada", "203.0.113.7", "Algebra") if v in json.dumps(row)]


@pytest.mark.parametrize(
    "odd",
    [
        {"span_id": "4111111111111111"},
        {"trace_id": "ada@example.com"},
        {"correlation_id": "ada lovelace"},
        {"timestamp": "2019-01-01T00:00:00.000000Z"},
        {"timestamp": f"{USUAL['timestamp']} {USUAL['correlation_id']}", "correlation_id": ""},
        *({"timestamp": NOW[:at] + "a" + NOW[at + 1 :]} for at in range(32)),
        {"timestamp": NOW[:17] + "60" + NOW[19:]},
        {"timestamp": NOW.replace("2", "\uff12")},
        {"timestamp": NOW.replace("+00:00", "+01:00")},
        {"timestamp": 1_764_000_000},
        {"request_id": "78255D68-0792-4986-bb96-8a437d5c8dfc"},
        {"request_id": "78255d680792-4986-bb96-8a437d5c8df-c"},
        {"correlation_id": int("4" * 31)},
        {"span_id": int("4" * 16)},
        {"trace_id": "\ud800" * 32},
        {"message": {"a": 1}},
        {"user_id": 7},
        {"service_name": ["x"]},
        {"duration_ms": float("inf")},
        {"client.address": 7},
        {"more": [1]},
        {"x": "1", "x ": "2", "x!": "3"},
    ],
    ids=lambda odd: next(iter(odd)),
)
def test_odd_lines_are_left_to_those_who_treat_every_line(odd: dict[str, Any]) -> None:
    lines = [USUAL, USUAL | odd, USUAL]
    if "x" not in odd:
        are_usual(lines)  # fields that were seen twice have a shape
        assert are_usual(lines) == [True, False, True]
    assert without_now(kept(lines)) == without_now(kept_slowly(lines))


def test_another_ring_and_another_declaration_are_heeded_at_once() -> None:
    before = kept([USUAL, USUAL])[1]
    use_ring(KeyRing([("k2", b"1" * 32)]))
    after = kept([USUAL])[0]
    assert before["user_id"][4:7] == "k1_"
    assert after["user_id"][4:7] == "k2_"
    assert after["attributes"]["course.title"].startswith("und_k2_")
    declare("course.title", FieldClass.LABEL, "A course's title.")
    try:
        assert kept([USUAL])[0]["attributes"]["course.title"] == USUAL["course.title"]
    finally:
        withdraw("course.title")


def test_free_texts_are_remembered_for_nobody_once_a_tenant_has_a_finder() -> None:
    line = USUAL | {"error.message": "graded S1234567"}
    for _ in range(3):
        assert kept([line])[0]["attributes"]["error.message"] == "graded S1234567"
    tenants.use("north", OwnNumbers([r"S\d{7}"]))
    try:
        for _ in range(3):
            assert kept([line])[0]["attributes"]["error.message"] == "graded [STUDENT_ID]"
            assert (
                kept([line | {"tenant_id": "south"}])[0]["attributes"]["error.message"] == "graded S1234567"
            )
            assert kept([line], "south")[0]["attributes"]["error.message"] == "graded S1234567"
    finally:
        tenants.use("north")


def test_prose_goes_to_the_vaults_desk() -> None:
    name = min(prose_names())
    line = USUAL | {name: "I am Ada"}
    desk = Desk(frozenset({"north"}), prose_names())
    rows = kept([USUAL, line], desk=desk)
    assert [prose.text for prose in desk.taken] == ["I am Ada"]
    assert rows[1]["attributes"][name] == f"[prose:{desk.taken[0].id}]"
    assert kept([line])[0]["attributes"][name] == "[withheld:prose]"


def test_a_sender_that_invents_fields_does_not_grow_the_memory() -> None:
    kept([USUAL | {f"field{n // 2}": "x"} for n in range(2 * SHAPES_MAX + 50)])
    kept([USUAL | {f"field{n}": "x" for n in range(200)}])
    assert len(memory().shapes) <= SHAPES_MAX


def log_request(resource: list[KeyValue], *records: LogRecord) -> ExportLogsServiceRequest:
    request = ExportLogsServiceRequest()
    group = request.resource_logs.add()
    group.resource.attributes.extend(resource)
    group.scope_logs.add().log_records.extend(records)
    return request


def test_a_usual_otlp_record_is_written_straight_to_json(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a row was made")

    monkeypatch.setattr(otlp, "_log_row", refuse)
    name = KeyValue(key="service.name", value=AnyValue(string_value="courses"))
    user = KeyValue(key="user_id", value=AnyValue(string_value="ada"))
    body = AnyValue(string_value="mail ada@example.com")
    record = LogRecord(
        time_unix_nano=NOW_NANOS,
        severity_number=SeverityNumber.SEVERITY_NUMBER_INFO,
        body=body,
        attributes=[user],
    )
    (block,) = otlp.log_rows(log_request([name], record), "north")
    row = json.loads(block)
    assert (row["service_name"], row["tenant_id"], row["message"]) == ("courses", "north", "mail [EMAIL]")
    assert is_token(row["user_id"])


@settings(max_examples=300)
@given(
    resource=ATTRIBUTE_LISTS, records=st.lists(RECORDS, max_size=4), tenant_id=st.sampled_from([None, "t1"])
)
def test_what_is_kept_of_an_otlp_record_does_not_depend_on_how_it_is_written(
    resource: list[KeyValue], records: list[LogRecord], tenant_id: str | None
) -> None:
    request = log_request(resource, *records)

    def kept_of_request() -> list[dict[str, Any]]:
        return without_now(
            [json.loads(row) for row in b"\n".join(otlp.log_rows(request, tenant_id)).split(b"\n") if row]
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Writer, "write", lambda *_: False)
        wanted = kept_of_request()
    for _ in range(3):
        assert kept_of_request() == wanted


def test_values_are_forgotten_before_they_grow_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "LEARNED_MAX", 50)
    kept([USUAL | {f"field{n % 7}": f"value {n}"} for n in range(1000)])
    assert plans.learned <= 50
    assert sum(len(plan.known) + len(plan.pairs) + len(plan.seen) for plan in plans.values()) <= 50
    assert kept([USUAL])[0]["attributes"]["client.address"] == network("203.0.113.7")
