"""Pages of logs: every record once, newest first, whatever shares a microsecond."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eduscope_server.query.cursor import LogPlace, read_log_place, write_place
from eduscope_server.query.fields import LOGS
from eduscope_server.query.logs import LogReader
from eduscope_server.query.question import Question, ask
from eduscope_server.query.scope import EVERY_TENANT, Scope
from eduscope_server.query.times import Window
from eduscope_server.store import Store

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
DAY = Window(NOON - timedelta(days=1), NOON + timedelta(seconds=1))
Put = Callable[..., None]


def log(seconds_ago: float, message: str = "x", **fields: Any) -> dict[str, Any]:
    """A row that many seconds before noon."""
    return {
        "timestamp": NOON - timedelta(seconds=seconds_ago),
        "log_level": "info",
        "message": message,
        **fields,
    }


def about(query: str = "", *, window: Window = DAY, scope: Scope = EVERY_TENANT) -> Question:
    """A question about logs."""
    return ask(LOGS, window=window, scope=scope, query=query)


async def pages(reader: LogReader, question: Question, limit: int) -> list[list[str]]:
    """The messages of every page; cursors go the way a client sends them back."""
    found: list[list[str]] = []
    place: LogPlace | None = None
    while True:
        page = await reader.search(question, limit=limit, after=place)
        found.append([entry.message for entry in page.logs])
        if page.end is None:
            return found
        place = read_log_place(write_place(page.end))


async def test_the_newest_come_first_across_the_whole_window(clean_store: Store, put_logs: Put) -> None:
    put_logs(*(log(seconds, f"m{seconds}") for seconds in (1, 1000, 10, 86_000, 20_000, 5_000)))
    assert await pages(LogReader(clean_store), about(), 100) == [
        ["m1", "m10", "m1000", "m5000", "m20000", "m86000"]
    ]


async def test_the_window_holds_its_start_and_not_its_end(clean_store: Store, put_logs: Put) -> None:
    put_logs(log(0, "end"), log(3600, "start"), log(3600.000001, "before"), log(0.000001, "last"))
    window = Window(NOON - timedelta(hours=1), NOON)
    assert await pages(LogReader(clean_store), about(window=window), 10) == [["last", "start"]]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
async def test_pages_hold_every_record_once(clean_store: Store, put_logs: Put, limit: int) -> None:
    rows = [log(seconds, f"single {seconds}") for seconds in range(5)]
    rows += [log(10, f"tied {n}") for n in range(20)]
    rows += [log(20, "the very same") for _ in range(11)]
    rows += [log(5000, f"older {n}", duration_ms=n) for n in range(9)]
    for part in (rows[::2], rows[1::2]):
        put_logs(*part)
    found = await pages(LogReader(clean_store), about(), limit)
    assert all(len(page) == limit for page in found[:-1])
    flat = [message for page in found for message in page]
    assert Counter(flat) == Counter(row["message"] for row in rows)
    assert [m.split()[0] for m in flat] == ["single"] * 5 + ["tied"] * 20 + ["the"] * 11 + ["older"] * 9
    assert flat == (await pages(LogReader(clean_store), about(), 1000))[0]


async def test_records_that_arrive_meanwhile_do_not_shift_the_pages(
    clean_store: Store, put_logs: Put
) -> None:
    put_logs(*(log(seconds, f"m{seconds}") for seconds in range(10, 20)))
    reader = LogReader(clean_store)
    first = await reader.search(about(), limit=4)
    put_logs(*(log(seconds, "new") for seconds in range(5)))
    second = await reader.search(about(), limit=4, after=first.end)
    assert [entry.message for entry in second.logs] == ["m14", "m15", "m16", "m17"]


async def test_pages_of_a_query_hold_its_records_alone(clean_store: Store, put_logs: Put) -> None:
    put_logs(*(log(n // 3, f"word{n % 2} {n}") for n in range(30)))
    found = await pages(LogReader(clean_store), about("word1"), 4)
    assert sorted(int(m.split()[1]) for page in found for m in page) == list(range(1, 30, 2))


async def test_a_record_comes_back_whole(clean_store: Store, put_logs: Put) -> None:
    put_logs(
        log(
            1,
            "Grade saved",
            log_level="error",
            service_name="courses",
            tenant_id="t1",
            correlation_id="c" * 32,
            user_id="usr_k1_x",
            trace_id="a" * 32,
            span_id="b" * 16,
            duration_ms=12.25,
            attributes={"http.route": "/grades", "ai.cache_hit": "true"},
            measures={"http.response.status_code": 500, "ai.latency_ms": 1.5},
            marks=["redacted"],
        )
    )
    page = await LogReader(clean_store).search(about(), limit=1)
    found = page.logs[0]
    assert page.end is None
    assert found.timestamp == NOON - timedelta(seconds=1)
    assert (found.log_level, found.service_name, found.duration_ms) == ("error", "courses", 12.25)
    assert found.attributes == {
        "http.route": "/grades",
        "ai.cache_hit": "true",
        "http.response.status_code": 500,
        "ai.latency_ms": 1.5,
    }
    assert isinstance(found.attributes["http.response.status_code"], int)
    assert found.marks == ["redacted"]
    assert found.request_id == ""


async def test_a_reader_of_one_tenant_sees_no_other(clean_store: Store, put_logs: Put) -> None:
    put_logs(*(log(n, f"of t{n % 3}", tenant_id=f"t{n % 3}") for n in range(12)), log(1, "of nobody"))
    reader = LogReader(clean_store)
    mine = about("tenant:* OR tenant:t2 OR -x", scope=Scope(("t1",)))
    found = await pages(reader, mine, 2)
    assert {message for page in found for message in page} == {"of t1"}
    assert await reader.count(mine) == 4
    assert await reader.count(about(scope=Scope(()))) == 0


async def test_counts_are_exact(clean_store: Store, put_logs: Put) -> None:
    put_logs(*(log(n % 50, "even" if n % 2 else "odd") for n in range(3_001)))
    assert await LogReader(clean_store).count(about()) == 3_001
    assert await LogReader(clean_store).count(about("even")) == 1_500
