import datetime as dt
import enum
import io
import json
import logging
import math
import re
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import eduscope
from eduscope.contract import MANDATORY, LogRecord
from eduscope.counters import Counters
from eduscope.line import UNWRITABLE, Lines
from eduscope.output import descriptor_writer, stdout_writer
from eduscope.privacy import is_token, tokenize
from eduscope.standard_logging import Handler
from eduscope.testing import Captured, FakeClock, capture

OWN_ORDER = [*MANDATORY, "message", "environment", "release", "trace_id", "span_id"]
log = eduscope.get_logger()


def test_a_line_has_the_mandatory_fields_first_and_the_events_own_last(seen: Captured) -> None:
    with eduscope.bind(tenant_id="t1", user_id="anna", correlation_id="c" * 8, request_id="r" * 8):
        log.info("quiz graded", course_id="c-101", count=12, duration_ms=3.4)
    (line,) = seen.lines
    assert list(line) == [*OWN_ORDER, "course.id", "count"]
    assert line["user_id"] == tokenize("anna")
    expected = {
        "log_level": "info", "service_name": "courses", "correlation_id": "c" * 8, "tenant_id": "t1",
        "request_id": "r" * 8, "duration_ms": 3.4, "message": "quiz graded", "environment": "development",
        "release": "1.2", "trace_id": "", "span_id": "", "course.id": "c-101", "count": 12,
    }  # fmt: skip
    assert {name: line[name] for name in expected} == expected
    msgspec.convert(line, LogRecord)


def test_the_time_is_utc_with_microseconds_and_follows_a_clock_that_goes_back(
    seen_exactly: Captured, clock: FakeClock
) -> None:
    for step in (0.0, 0.000001, 1.5, -7200.0):
        clock.advance(step)
        log.info("tick")
    assert [line["timestamp"] for line in seen_exactly.lines] == [
        "2026-09-21T14:13:20.000000Z",
        "2026-09-21T14:13:20.000001Z",
        "2026-09-21T14:13:21.500001Z",
        "2026-09-21T12:13:21.500001Z",
    ]


@pytest.mark.parametrize(("environment", "written"), [("development", 5), ("production", 4)])
def test_debug_is_written_in_development_only(environment: str, written: int) -> None:
    with capture(environment=environment) as seen:
        for level in ("debug", "info", "warning", "error", "critical"):
            getattr(log, level)("said")
    assert len(seen.lines) == written


def test_a_message_is_redacted_and_a_second_time_too(seen: Captured) -> None:
    for _ in range(2):
        log.info("mail to anna@school.example failed")
    assert [line["message"] for line in seen.lines] == ["mail to [EMAIL] failed"] * 2


def test_an_undeclared_string_is_a_token_and_is_counted(seen: Captured, fresh_counters: Counters) -> None:
    for _ in range(2):
        log.info("enrolled", nickname="Anni")
    token = seen.lines[0]["nickname"]
    assert token == seen.lines[1]["nickname"] == tokenize("Anni", "und")
    assert b"Anni" not in b"".join(seen.raw)
    assert fresh_counters.undeclared == {"nickname": 2}


def test_an_undeclared_number_is_a_measure(seen: Captured, fresh_counters: Counters) -> None:
    log.info("graded", points=7, share=0.5, passed=True)
    line = seen.lines[0]
    assert (line["points"], line["share"], line["passed"]) == (7, 0.5, True)
    assert not fresh_counters.undeclared


@pytest.mark.parametrize(
    ("name", "value", "pattern"),
    [
        ("user.email", "anna@school.example", r"usr_[a-z0-9]+_[a-z2-7]{26}"),
        ("client.address", "203.0.113.7", r"203\.0\.113\.h[a-z2-7]+"),
        ("url.path", "/courses/7?token=abc", r"/courses/[^?]*"),
        ("gen_ai.prompt", "what is love", r"\[withheld:prose\]"),
        ("password", "hunter2", r"\[withheld:secret\]"),
        ("course.id", "c-101", "c-101"),
        ("course.id", "Anna Schmidt, 4b", r"und_[a-z0-9]+_[a-z2-7]{26}"),
        ("exception.message", "no mail for anna@school.example", r"no mail for \[EMAIL\]"),
    ],
)
def test_a_declared_field_is_judged_by_its_class(seen: Captured, name: str, value: str, pattern: str) -> None:
    log.info("said", **{name: value})
    assert re.fullmatch(pattern, seen.lines[0][name])


def test_a_field_may_be_named_with_underscores_and_the_dotted_name_wins(seen: Captured) -> None:
    log.info("said", http_route="/a", **{"http.route": "/b"})
    assert seen.lines[0]["http.route"] == "/b"
    assert seen.raw[0].count(b'"http.route"') == 1


def test_a_field_cannot_take_the_place_of_a_mandatory_one(seen: Captured) -> None:
    log.info("said", timestamp="never", service_name="other", message="another", log_level="none")
    line = seen.lines[0]
    assert (line["service_name"], line["message"], line["log_level"]) == ("courses", "said", "info")
    assert is_token(line["event.service_name"])


def test_ids_may_be_given_for_one_line(seen: Captured) -> None:
    log.info("said", tenant_id="t9", user_id="bob")
    assert (seen.lines[0]["tenant_id"], seen.lines[0]["user_id"]) == ("t9", tokenize("bob"))
    log.info("said")
    assert seen.lines[1]["tenant_id"] == ""


def test_bound_fields_are_on_every_line_and_a_call_wins(seen: Captured) -> None:
    bound = eduscope.get_logger("edulearn.grades").bind(course_id="c-1", count=1)
    bound.info("one")
    bound.info("two", count=2)
    assert [(line["course.id"], line["count"]) for line in seen.lines] == [("c-1", 1), ("c-1", 2)]
    assert seen.lines[0]["log.logger"] == "edulearn.grades"


@pytest.mark.parametrize(
    ("bound", "given"),
    [
        ("course.id", "course_id"),
        ("course_id", "course.id"),
        ("event.timestamp", "timestamp"),
        ("timestamp", "event.timestamp"),
    ],
)
def test_a_calls_field_wins_however_it_is_spelled(seen: Captured, bound: str, given: str) -> None:
    key = given if "." in given else bound
    logger = eduscope.get_logger().bind(**{bound: "one"})
    logger.info("said", **{given: "two"})
    logger.bind(**{given: "two"}).info("said")
    eduscope.get_logger().bind(**{given: "two"}).info("said")
    logger.info("said")
    assert [raw.count(f'"{key}":'.encode()) for raw in seen.raw] == [1, 1, 1, 1]
    values = [line[key] for line in seen.lines]
    assert values[0] == values[1] == values[2] != values[3]


def test_a_field_named_as_an_id_leaves_the_bound_id(seen: Captured) -> None:
    eduscope.get_logger().bind(tenant_id="t9").info("said", **{"event.tenant_id": "t1"})
    assert seen.lines[0]["tenant_id"] == "t9"


def test_an_exception_is_recorded_without_values_and_with_its_cause(seen: Captured) -> None:
    secret = "anna@school.example"
    try:
        try:
            raise KeyError(secret)
        except KeyError as cause:
            raise ValueError(f"no grade for {secret}") from cause
    except ValueError:
        log.exception("grading failed", course_id="c-1")
    line = seen.lines[0]
    assert line["log_level"] == "error"
    assert line["exception.type"] == "ValueError"
    assert line["exception.message"] == "no grade for [EMAIL]"
    assert "caused by KeyError" in line["exception.stacktrace"]
    assert re.search(r"test_logging\.py:\d+ in test_an_exception", line["exception.stacktrace"])
    assert secret.encode() not in seen.raw[0]


class _Rude:
    def __str__(self) -> str:
        raise RuntimeError("no")

    __repr__ = __str__
    __hash__ = None  # type: ignore[assignment]


class _RudeError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no")


class _Level(enum.Enum):
    HIGH = "high"


def _cycle() -> dict[str, Any]:
    cycle: dict[str, Any] = {}
    cycle["self"] = cycle
    return cycle


HOSTILE: list[Any] = [
    float("nan"), float("inf"), -float("inf"), 10**400, -(2**70), 1e308, b"\xff\xfe", "\ud800", "x" * 200_000,
    _Rude(), _RudeError(), _cycle(), [[[[[[[[[[1]]]]]]]]]], {1: 2}, object(), dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    _Level.HIGH, '\x00\x1f\u2028\n"\\', None, {"a": float("nan")}, {_Level.HIGH}, memoryview(b"abc"), 1 + 2j,
    type, lambda: None,
]  # fmt: skip


def check(raw: bytes) -> dict[str, Any]:
    """One valid JSON line with every mandatory field, strictly read."""
    assert raw.endswith(b"\n")
    assert raw.count(b"\n") == 1
    raw.decode("utf-8", "strict")

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    line: dict[str, Any] = json.loads(raw, parse_constant=refuse)
    assert list(line)[: len(OWN_ORDER)] == OWN_ORDER
    msgspec.convert(msgspec.json.decode(raw), LogRecord)
    return line


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: type(value).__name__)
def test_hostile_values_make_one_valid_line(seen: Captured, fresh_counters: Counters, value: Any) -> None:
    log.info("said", value=value, course_id=value, http_route=value, count=value, duration_ms=value)
    log.info(value)
    log.error("said", exc_info=value)
    for raw in seen.raw:
        assert check(raw)["message"] != UNWRITABLE
        assert len(raw) < 60_000
    assert len(seen.raw) == 3
    assert not fresh_counters.failures


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    message=st.one_of(st.text(), st.integers(), st.binary(), st.none()),
    fields=st.dictionaries(
        st.text(st.characters(), max_size=40),
        st.recursive(
            st.one_of(
                st.none(), st.booleans(), st.integers(), st.floats(), st.binary(), st.text(st.characters()),
                st.datetimes(), st.uuids(), st.decimals(), st.complex_numbers(),
            ),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        ),
        max_size=5,
    ),
)  # fmt: skip
def test_no_message_and_no_fields_break_a_line(
    seen: Captured, message: object, fields: dict[str, Any]
) -> None:
    seen.clear()
    log.info(message, **fields)
    assert check(seen.raw[0])["message"] != UNWRITABLE


def test_a_fault_of_the_sdk_costs_the_line_its_words_not_the_host_its_work(
    fresh_counters: Counters,
) -> None:
    seen: list[bytes] = []

    def broken() -> str:
        raise RuntimeError("bug")

    lines = Lines(
        service="s", environment="e", release="", level="info", write=seen.append, trace_text=broken
    )
    lines.write(20, "said", {})
    assert check(seen[0])["message"] == UNWRITABLE
    assert fresh_counters.failures == {"log": 1}


def test_a_closed_or_full_stdout_is_counted_and_nothing_else(fresh_counters: Counters) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        write_full = descriptor_writer(full.fileno())
        write_full(b"{}\n")
    write_full(b"{}\n")
    closed = io.StringIO()
    write = stdout_writer(closed)
    closed.close()
    write(b"{}\n")
    assert fresh_counters.dropped == {"stdout_failed": 3}


def test_lines_of_many_threads_stay_whole(tmp_path: Any) -> None:
    with (tmp_path / "out").open("ab") as out:
        write = descriptor_writer(out.fileno())
        lines = Lines(service="s", environment="e", release="", level="info", write=write)

        def work(number: int) -> None:
            for n in range(300):
                lines.write(20, f"thread {number} says {n}", {"count": n})

        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    written = (tmp_path / "out").read_bytes().splitlines(keepends=True)
    assert len(written) == 2400
    assert {check(raw)["log_level"] for raw in written} == {"info"}


def test_records_of_pythons_logging_come_out_in_the_same_shape(seen: Captured) -> None:
    library = logging.getLogger("library")
    library.propagate = False
    library.setLevel(logging.DEBUG)
    library.addHandler(Handler())
    library.warning("mail to %s failed", "anna@school.example", extra={"count": 3, "nickname": "Anni"})
    library.log(25, "odd level")
    library.warning("%d", "not a number")
    try:
        raise ValueError("no")
    except ValueError:
        library.exception("broke")
    first, odd, wrong, broke = (check(raw) for raw in seen.raw)
    assert (first["log_level"], first["message"], first["count"]) == ("warning", "mail to [EMAIL] failed", 3)
    assert first["log.logger"] == "library"
    assert is_token(first["nickname"])
    assert odd["log_level"] == "info"
    assert wrong["message"] == "%d"
    assert broke["exception.type"] == "ValueError"


def test_the_memory_of_verdicts_is_bounded(seen: Captured) -> None:
    from eduscope.fields import KNOWN_MAX, PLANS_MAX, plans

    for n in range(3 * KNOWN_MAX):
        log.info("said", course_id=f"c-{n}", **{f"name_{n}": n})
    assert len(plans) <= PLANS_MAX
    assert all(len(plan.known) <= KNOWN_MAX for plan in plans.values())
    assert math.isfinite(len(seen.raw))
