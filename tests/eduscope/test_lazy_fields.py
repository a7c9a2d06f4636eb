from typing import Any

import eduscope
from eduscope.counters import Counters
from eduscope.privacy import tokenize
from eduscope.testing import Captured, capture

log = eduscope.get_logger()


def fail() -> object:
    raise LookupError("anna@school.example")


def test_a_callable_is_asked_only_where_the_line_is_written() -> None:
    asked: list[int] = []

    def count() -> int:
        asked.append(1)
        return 7

    with capture(environment="production") as seen:
        log.debug("said", count=count)
        assert not asked
        log.info("said", count=count)
    assert (seen.lines[0]["count"], asked) == (7, [1])


def test_what_it_gives_is_judged_like_any_value(seen: Captured) -> None:
    log.info(
        "said", course_id=lambda: "c-1", nickname=lambda: "Anni", user_email=lambda: "anna@school.example"
    )
    line = seen.lines[0]
    assert line["course.id"] == "c-1"
    assert line["nickname"] == tokenize("Anni", "und")
    assert b"anna" not in seen.raw[0]


def test_one_that_fails_says_so_and_nothing_else(seen: Captured, fresh_counters: Counters) -> None:
    log.info("said", course_id=fail, nickname=fail, count=fail, duration_ms=fail, password=fail)
    line = seen.lines[0]
    for name in ("course.id", "nickname", "count", "password"):
        assert line[name] == "[failed:LookupError]"
    assert line["duration_ms"] is None
    assert not fresh_counters.failures


def test_ids_and_the_duration_may_be_lazy(seen: Captured) -> None:
    log.info("said", user_id=lambda: "anna", duration_ms=lambda: 2.5)
    assert (seen.lines[0]["user_id"], seen.lines[0]["duration_ms"]) == (tokenize("anna"), 2.5)


def test_a_message_may_be_lazy(seen: Captured) -> None:
    log.info(lambda: "mail to anna@school.example")
    log.info(fail)
    assert [line["message"] for line in seen.lines] == ["mail to [EMAIL]", "[failed:LookupError]"]


def test_a_bound_callable_is_asked_for_each_line(seen: Captured) -> None:
    numbers = iter(range(10))
    bound = log.bind(count=lambda: next(numbers), course_id="c-1")
    for _ in range(3):
        bound.info("said")
    bound.info("said", count=99)
    assert [(line["count"], line["course.id"]) for line in seen.lines] == [
        (0, "c-1"),
        (1, "c-1"),
        (2, "c-1"),
        (99, "c-1"),
    ]


def test_bound_ids_hold_for_the_loggers_own_lines(seen: Captured) -> None:
    bound = log.bind(tenant_id="t1", user_id="anna").bind(course_id="c-1")
    bound.info("said")
    log.info("said")
    first, second = seen.lines
    assert (first["tenant_id"], first["user_id"], first["course.id"]) == ("t1", tokenize("anna"), "c-1")
    assert (second["tenant_id"], second["user_id"]) == ("", "")


def test_a_callable_that_logs_itself_ends(seen: Captured) -> None:
    def again() -> Any:
        log.info("said", count=again)
        return 1

    log.info("outer", count=again)
    assert seen.lines[-1]["message"] == "outer"
