"""Whatever a host passes: one valid JSON line with every mandatory field, and no exception in the host."""

import itertools
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.eduscope.test_logging import HOSTILE, OWN_ORDER, check

import eduscope
from eduscope.contract import ATTRIBUTES, LOG_FIELDS, MANDATORY
from eduscope.counters import Counters
from eduscope.line import UNWRITABLE, Lines
from eduscope.privacy import is_token
from eduscope.standard_logging import Handler
from eduscope.testing import Captured

log = eduscope.get_logger()
STRICT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)

ANYTHING = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.binary(), st.text(st.characters()), st.dates(),
        st.datetimes(), st.uuids(), st.decimals(), st.complex_numbers(),
        st.integers(0, len(HOSTILE) - 1).map(lambda number: HOSTILE[number]),
    ),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=5,
)  # fmt: skip
NAMES = [*MANDATORY, *(f.name for f in LOG_FIELDS), *(f.name for f in ATTRIBUTES), "exc_info", "sample_rate"]
ANY_NAME = st.one_of(
    st.text(st.characters(), max_size=40),
    st.sampled_from(NAMES),
    st.sampled_from(NAMES).map(lambda name: name.replace(".", "_")),
    st.sampled_from(NAMES).map(lambda name: f"event.{name}"),
)


def read(raw: bytes) -> dict[str, Any]:
    """A line that is strictly valid, and has no name twice."""

    def refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names)), sorted(names)
        return dict(pairs)

    json.loads(raw, object_pairs_hook=refuse_twice)
    return check(raw)


@STRICT
@given(message=ANYTHING, fields=st.dictionaries(ANY_NAME, ANYTHING, max_size=6), data=st.data())
def test_no_message_fields_and_bound_fields_break_a_line(
    seen: Captured, message: object, fields: dict[str, Any], data: st.DataObject
) -> None:
    seen.clear()
    bound = data.draw(st.dictionaries(ANY_NAME, ANYTHING, max_size=3))
    log.bind(**bound).error(message, **fields)
    line = read(seen.raw[0])
    assert line["message"] != UNWRITABLE
    assert (line["log_level"], line["service_name"]) == ("error", "courses")


@STRICT
@given(tenant=ANYTHING, user=ANYTHING, correlation=ANYTHING, request=ANYTHING)
def test_no_ids_break_a_context(
    seen: Captured, tenant: object, user: object, correlation: object, request: object
) -> None:
    seen.clear()
    with eduscope.bind(tenant_id=tenant, user_id=user, correlation_id=correlation, request_id=request):
        log.info("said")
    line = read(seen.raw[0])
    assert line["user_id"] == "" or is_token(line["user_id"])
    assert 8 <= len(line["correlation_id"]) <= 64


@STRICT
@given(
    arguments=st.lists(ANYTHING, max_size=3),
    text=st.text(st.characters()),
    extra=st.dictionaries(ANY_NAME, ANYTHING),
)
def test_no_record_of_logging_breaks_a_line(
    seen: Captured, arguments: list[Any], text: str, extra: dict[str, Any]
) -> None:
    import logging

    seen.clear()
    record = logging.LogRecord("library", logging.WARNING, __file__, 1, text, tuple(arguments), None)
    vars(record).update({name: value for name, value in extra.items() if name not in vars(record)})
    Handler().handle(record)
    assert read(seen.raw[0])["message"] != UNWRITABLE


@STRICT
@given(
    now_ns=st.one_of(st.integers(), st.integers(-(10**20), 10**20)), then_ns=st.integers(-(10**20), 10**20)
)
@example(now_ns=-3_155_757_335_596_800_000_000_001, then_ns=0)
@example(now_ns=-(10**19), then_ns=10**21)
def test_no_clock_breaks_a_line(now_ns: int, then_ns: int) -> None:
    written: list[bytes] = []
    times = iter((now_ns, then_ns, now_ns))
    lines = Lines(
        service="s",
        environment="e",
        release="",
        level="info",
        write=written.append,
        clock_ns=lambda: next(times),
    )
    for _ in range(3):
        lines.write(20, "said", {})
    assert [read(raw)["message"] for raw in written] == ["said"] * 3


def test_a_clock_that_goes_back_is_followed(seen: Captured) -> None:
    times = iter((2_000_000_000, 1_999_999_999, 500_000_000, 2_000_000_001))
    lines = Lines(
        service="s",
        environment="e",
        release="",
        level="info",
        write=seen.raw.append,
        clock_ns=lambda: next(times),
    )
    for _ in range(4):
        lines.write(20, "said", {})
    stamps = [line["timestamp"][17:] for line in seen.lines]
    assert stamps == ["02.000000Z", "01.999999Z", "00.500000Z", "02.000000Z"]


def test_a_clock_that_fails_costs_the_line_its_words(fresh_counters: Counters) -> None:
    written: list[bytes] = []

    def broken() -> int:
        raise OSError("no clock")

    Lines(
        service="s", environment="e", release="", level="info", write=written.append, clock_ns=broken
    ).write(20, "said", {})
    assert read(written[0])["message"] == UNWRITABLE


class _Endless(dict[str, Any]):
    def items(self) -> Any:
        return ((str(n), n) for n in itertools.count())


def _bomb() -> object:
    """Six levels of the same list 200 times: 6.4e13 leaves."""
    bomb: object = "x" * 100
    for _ in range(6):
        bomb = [bomb] * 200
    return bomb


class _FloatThatFails(float):
    def __float__(self) -> float:
        raise RuntimeError("no")


class _Shy:
    """Fails at every look."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)


@pytest.mark.parametrize(
    "make", [_Endless, _bomb, lambda: ["y" * 8000] * 200, lambda: {"z" * 9000: "z" * 9000}]
)
def test_a_container_without_end_is_cut_in_no_time(seen: Captured, make: Callable[[], object]) -> None:
    started = time.perf_counter()
    log.info("said", **{"exception.message": make(), "nickname": make()})
    assert time.perf_counter() - started < 5
    assert len(seen.raw[0]) < 20_000
    assert read(seen.raw[0])["message"] == "said"


@pytest.mark.parametrize(
    "make", [lambda: _FloatThatFails(1.0), _Shy, lambda: _Shy, lambda: math.nan, lambda: [_Shy()]]
)
def test_a_value_that_fails_costs_no_more_than_itself(
    seen: Captured, fresh_counters: Counters, make: Callable[[], object]
) -> None:
    log.info("said", count=make(), course_id=make(), nickname=make(), password=make(), duration_ms=make())
    log.info("said", user_id=make(), exc_info=make())
    log.info(make())
    for raw in seen.raw:
        assert read(raw)["message"] != UNWRITABLE
    assert not fresh_counters.failures


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (np.int64(7), 7), (np.float32(0.5), 0.5), (np.bool_(True), None), (Decimal("1.25"), 1.25),
        (Fraction(1, 4), 0.25), (Decimal("NaN"), None), (True, True), (2**53, 2**53), (-(2**30), -(2**30)),
    ],
)  # fmt: skip
def test_numbers_of_other_kinds_are_numbers(seen: Captured, value: object, number: float | None) -> None:
    log.info("said", count=value)
    if number is not None:
        assert seen.lines[0]["count"] == number
    read(seen.raw[0])


def test_an_exception_and_fields_of_its_names_are_written_once(seen: Captured) -> None:
    log.error("said", exc_info=ValueError("no"), exception_type="mine", **{"exception.message": "own words"})
    line = read(seen.raw[0])
    assert (line["exception.type"], line["exception.message"]) == ("mine", "own words")


def test_a_deep_chain_and_a_wide_group_are_bounded(seen: Captured) -> None:
    error: BaseException = ValueError("first")
    for n in range(2_000):
        following = ValueError(str(n))
        following.__cause__ = error
        error = following
    log.error("deep", exc_info=error)
    group: ExceptionGroup[Exception] = ExceptionGroup("one", [ValueError("x")])
    for _ in range(4):
        group = ExceptionGroup("more", [group] * 50)
    log.error("wide", exc_info=group)
    error.__cause__ = error
    log.error("cycle", exc_info=error)
    assert all(len(raw) < 20_000 for raw in seen.raw)
    assert [read(raw)["message"] for raw in seen.raw] == ["deep", "wide", "cycle"]


def test_a_group_tells_its_members(seen: Captured) -> None:
    def fail(error: Exception) -> Exception:
        try:
            raise error
        except Exception as raised:  # noqa: BLE001 - to give it frames
            return raised

    group = ExceptionGroup("two", [fail(ValueError("a")), ExceptionGroup("one", [fail(KeyError("b"))])])
    log.error("said", exc_info=group)
    stack = seen.lines[0]["exception.stacktrace"].splitlines()
    assert "member 1 of 2: ValueError" in stack
    assert "member 1 of 1: KeyError" in stack
    assert sum("in fail" in line for line in stack) == 2


@pytest.fixture
def program(tmp_path: Path) -> list[str]:
    """A program that logs and then says on stderr that it is well."""
    file = tmp_path / "program.py"
    file.write_text(
        "import logging, sys, eduscope\n"
        "eduscope.init(service='s', tracing=False)\n"
        "for n in range(100):\n"
        "    eduscope.get_logger().info('said', count=n)\n"
        "    logging.getLogger('library').warning('said')\n"
        "from eduscope.counters import counters\n"
        "sys.stderr.write(f'{counters.dropped[\"stdout_failed\"]} lost')\n"
    )
    return [sys.executable, str(file)]


def test_a_full_stdout_costs_the_lines_and_nothing_else(program: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            program, stdout=full, stderr=subprocess.PIPE, text=True, timeout=30, check=False
        )
    assert (ended.returncode, ended.stderr) == (0, "200 lost")


def test_a_pipe_that_nobody_reads_costs_the_lines_and_nothing_else(program: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(program, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=30, check=False)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, "200 lost")


def test_a_process_without_a_stdout_lives(program: list[str]) -> None:
    command = ["sh", "-c", 'exec "$@" >&-', "sh", *program]
    ended = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stderr) == (0, "200 lost")


def test_the_order_of_the_mandatory_fields_never_changes(seen: Captured) -> None:
    log.info("said", **dict.fromkeys(reversed(MANDATORY), 1))
    assert list(seen.lines[0])[: len(OWN_ORDER)] == OWN_ORDER
