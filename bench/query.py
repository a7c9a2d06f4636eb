"""How fast questions are answered over 30 M log rows of one day, through the readers that the API uses.

    .venv/bin/python bench/query.py [--rows 30000000] [--quick] [--data DIR] [--repeat 60]

Rows are made inside the engine: 20 services of 10 tenants, a day's rhythm, realistic messages and attributes, ten
rows to a correlation id and five to a request. Every measurement asks about something else each time, so that no
answer is cached. The floor is the cheapest real question there is: one row by its whole primary key. `--data` keeps
the rows for the next run. Exit code 1 when a budget is broken.
"""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

from eduscope_server.correlation.timeline import read_timeline
from eduscope_server.query.facets import read_facets
from eduscope_server.query.fields import LOGS
from eduscope_server.query.histogram import read_histogram
from eduscope_server.query.logs import LogReader
from eduscope_server.query.question import Question, ask
from eduscope_server.query.scope import EVERY_TENANT
from eduscope_server.query.times import Window
from eduscope_server.store import Store

CHUNK = 1_000_000
QUICK_ROWS = 3_000_000
ROWS_PER_CORRELATION = 10
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# What one chunk inserts. `n` counts from the newest row back, so that a day ends now and is dense at the rhythm's
# peaks; ten rows in a row share a correlation, a trace and a tenant, as one user action does, and five of them a
# service, a span and a request.
ROWS_SQL = """
INSERT INTO eduscope.logs
    (timestamp, received_at, log_level, service_name, tenant_id, environment, release, correlation_id, request_id,
     user_id, trace_id, span_id, duration_ms, message, attributes, measures)
WITH
    {first:UInt64} + number AS n,
    intDiv(n, 10) AS action,
    intDiv(n, 5) AS hop,
    sipHash64(n) AS h,
    sipHash64(hop, 4) AS s,
    sipHash64(action, 1) AS a,
    n / {rows:UInt64} AS part,
    86400 * (part + 0.06 * sin(part * 2 * pi())) AS seconds_ago,
    ['gateway', 'accounts', 'courses', 'quizzes', 'grades', 'tutor', 'model-server', 'proctoring', 'worker',
     'search', 'calendar', 'files', 'messages', 'notifications', 'reports', 'billing', 'roster', 'library',
     'forum', 'web'] AS services,
    ['GET', 'GET', 'GET', 'POST', 'PUT'] AS methods,
    ['/courses/{id}', '/courses/{id}/quiz', '/grades', '/tutor/ask', '/files/{id}', '/search'] AS routes,
    concat('c', leftPad(toString(h % 20000), 5, '0')) AS course,
    multiIf(h % 1000 < 700, 'info', h % 1000 < 900, 'debug', h % 1000 < 980, 'warning', h % 1000 < 999, 'error',
            'critical') AS level,
    multiIf(
        h % 200000 = 77, concat('Answer sheet quarantined for course ', course),
        level = 'error', concat('Upstream refused after ', toString(h % 30), ' attempts: connection pool full'),
        level = 'critical', 'Ledger checkpoint could not be written',
        level = 'warning', concat('Slow query took ', toString(h % 9000), ' ms on enrolments of course ', course),
        level = 'debug', concat('Cache lookup for key course:', course, ' was a ', if(h % 3 = 0, 'miss', 'hit')),
        h % 5 = 0, concat('Quiz attempt saved for course ', course, ' with ', toString(h % 40), ' answers'),
        h % 5 = 1, concat('Lesson page rendered in ', toString(h % 300), ' ms'),
        h % 5 = 2, concat('Student joined live session for course ', course),
        h % 5 = 3, concat('Recommendation by model v', toString(h % 7), ' with ', toString(h % 50), ' candidates'),
        concat('Request finished with status ', toString(200 + h % 5))
    ) AS text
SELECT
    fromUnixTimestamp64Micro(toInt64({end_us:Int64} - seconds_ago * 1000000)),
    fromUnixTimestamp64Milli(toInt64({end_us:Int64} / 1000 - seconds_ago * 1000 + 120 + h % 400)),
    level,
    services[1 + if(s % 3 = 0, 0, s % 20)],
    concat('school-', toString(a % 10)),
    'production',
    concat('2026.', toString(h % 3)),
    lower(hex(sipHash128(action, 2))),
    lower(hex(s)),
    if(a % 4 = 0, '', concat('usr_k1_', lower(substring(hex(sipHash128(a % 300000)), 1, 26)))),
    lower(hex(sipHash128(action, 3))),
    lower(hex(sipHash64(hop, 5))),
    if(h % 3 = 0, NULL, exp((h % 1000) / 130)),
    text,
    map('http.request.method', methods[1 + h % 5], 'http.route', routes[1 + a % 6],
        'client.address', concat('192.0.2.', toString(a % 250))),
    map('http.response.status_code', if(level = 'error', 503, 200), 'http.response.body.size', h % 60000)
FROM numbers({count:UInt64})
"""

FLOOR_SQL = """
SELECT message FROM eduscope.logs
WHERE tenant_id = {tenant:String} AND service_name = {service:String} AND timestamp = {instant:DateTime64(6, 'UTC')}
LIMIT 1
"""


@dataclass
class Case:
    """One kind of question: how to ask its next one, and what the slowest twentieth may take."""

    name: str
    ask: Callable[[int], Awaitable[object]]
    budget_ms: float | None = None
    times_ms: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        """The middle of the measured times."""
        return median(self.times_ms)

    @property
    def p95(self) -> float:
        """What nineteen of twenty questions stay below."""
        return quantiles(self.times_ms, n=20)[-1]


@dataclass(frozen=True)
class Sample:
    """Values that stand in the table, to ask about."""

    end: datetime
    correlation_ids: list[str]
    keys: list[dict[str, object]]


def fill(store: Store, rows: int) -> None:
    """Puts the day's rows in, newest first, unless they are there already."""
    held = store.select("SELECT count() AS held FROM eduscope.logs")[0]["held"]
    if held == rows:
        return
    store.command("TRUNCATE TABLE eduscope.logs")
    end = int(time.time() * 1_000_000)
    started = time.monotonic()
    for first in range(0, rows, CHUNK):
        parameters = {"first": first, "count": min(CHUNK, rows - first), "rows": rows, "end_us": end}
        store.select(ROWS_SQL, parameters, {"max_execution_time": 600})
        if sys.stderr.isatty():
            sys.stderr.write(f"loading {first + parameters['count']:,} of {rows:,} rows\r")
    seconds = time.monotonic() - started
    sys.stderr.write(f"loaded {rows:,} rows in {seconds:.0f} s ({rows / seconds:,.0f} rows/s)\n")


def settle(store: Store) -> None:
    """Waits until the engine has merged what it wants to merge now."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if not store.select("SELECT 1 AS busy FROM system.merges LIMIT 1"):
            return
        time.sleep(2)


def sample(store: Store, *, rows: int, count: int) -> Sample:
    """Correlation ids and primary keys from all over the day."""
    end = store.select("SELECT max(timestamp) AS newest FROM eduscope.logs")[0]["newest"]
    every = max(1, rows // ROWS_PER_CORRELATION // (count * 8))
    found = store.select(
        "SELECT correlation_id, tenant_id AS tenant, service_name AS service, toString(timestamp) AS instant "
        "FROM eduscope.logs WHERE sipHash64(correlation_id) % {every:UInt64} = 0 LIMIT 1 BY correlation_id",
        {"every": every},
    )
    chosen = random.Random(7).sample(found, count * 4)
    keys = [{name: row[name] for name in ("tenant", "service", "instant")} for row in chosen]
    return Sample(end + timedelta(microseconds=1), [row["correlation_id"] for row in chosen], keys)


def words() -> Iterator[str]:
    """Words of every frequency: in one row of 200 000, in hundreds an hour, in every fifth row, in none."""
    course = 13
    while True:
        for common in (
            "quarantined",
            "exhausted",
            "rendered",
            "ledger",
            "enrolments",
            "absent",
            "quiz",
            "miss",
        ):
            yield common
            course = (course + 7919) % 20_000
            yield f"c{course:05}"


def cases(store: Store, held: Sample) -> list[Case]:
    """Every kind of question that is measured."""
    reader = LogReader(store)
    vocabulary = words()
    last_hour = Window(held.end - HOUR, held.end)
    day = Window(held.end - DAY, held.end)

    def about(window: Window, query: str = "") -> Question:
        return ask(LOGS, window=window, scope=EVERY_TENANT, query=query)

    def hour(turn: int) -> Window:
        end = held.end - (turn * 23 % 60) * timedelta(minutes=20)
        return Window(end - HOUR, end)

    def floor(turn: int) -> Awaitable[object]:
        return store.fetch(FLOOR_SQL, held.keys[turn])

    def by_word(_: int) -> Awaitable[object]:
        return reader.search(about(last_hour, next(vocabulary)), limit=100)

    def by_correlation(turn: int) -> Awaitable[object]:
        query = f"correlation:{held.correlation_ids[turn]}"
        return reader.search(about(day, query), limit=100)

    def timeline(turn: int) -> Awaitable[object]:
        return read_timeline(store, held.correlation_ids[-1 - turn], EVERY_TENANT)

    def newest(turn: int) -> Awaitable[object]:
        service = ("gateway", "courses", "tutor", "forum")[turn % 4]
        query = "" if turn % 2 else f"service:{service} -level:debug"
        return reader.search(about(day, query), limit=100)

    def phrase(turn: int) -> Awaitable[object]:
        return reader.search(about(last_hour, f'"attempts: connection pool" duration_ms:>{turn}'), limit=100)

    def field(turn: int) -> Awaitable[object]:
        query = f"tenant:school-{turn % 10} http.response.status_code:>=500 duration_ms:>{turn * 10}"
        return reader.search(about(hour(turn), query), limit=100)

    def count(turn: int) -> Awaitable[object]:
        return reader.count(about(hour(turn), f"level:>=warning duration_ms:>{turn}"))

    def histogram(turn: int) -> Awaitable[object]:
        return read_histogram(store, about(hour(turn)), buckets=60)

    def facets(turn: int) -> Awaitable[object]:
        return read_facets(store, about(hour(turn)))

    return [
        Case("one row by its primary key (floor)", floor),
        Case("last hour by word, newest 100", by_word, budget_ms=300),
        Case("a day by correlation id", by_correlation, budget_ms=100),
        Case("timeline of a correlation id", timeline, budget_ms=100),
        Case("newest 100 of a day", newest),
        Case("last hour by phrase, newest 100", phrase),
        Case("an hour by tenant and numbers", field),
        Case("count of an hour", count),
        Case("histogram of an hour", histogram),
        Case("fields of an hour", facets),
    ]


async def measure(case: Case, repeat: int) -> None:
    """Asks one by one; the first three warm the caches that a running platform has warm."""
    for turn in range(repeat + 3):
        started = time.perf_counter()
        await case.ask(turn)
        if turn >= 3:
            case.times_ms.append((time.perf_counter() - started) * 1_000)


def report(measured: list[Case]) -> bool:
    """Prints the table; whether every budget holds."""
    floor, kept = measured[0].p50, True
    print(f"{'':<38}{'p50 ms':>9}{'p95 ms':>9}{'budget':>9}{'p50 / floor':>13}")
    for case in measured:
        over = case.budget_ms is not None and case.p95 > case.budget_ms
        kept = kept and not over
        budget = f"{case.budget_ms:.0f}" if case.budget_ms else ""
        verdict = "  OVER" if over else ""
        print(
            f"{case.name:<38}{case.p50:>9.1f}{case.p95:>9.1f}{budget:>9}{case.p50 / floor:>12.1f}x{verdict}"
        )
    return kept


def run(folder: Path, rows: int, repeat: int) -> bool:
    """Loads, measures and reports."""
    store = Store.open("", folder)
    try:
        fill(store, rows)
        settle(store)
        held = sample(store, rows=rows, count=repeat + 3)
        parts = store.select(
            "SELECT count() AS parts, sum(bytes_on_disk) / sum(rows) AS row_bytes FROM system.parts "
            "WHERE database = 'eduscope' AND table = 'logs' AND active"
        )[0]
        print(f"{rows:,} rows, {parts['row_bytes']:.0f} bytes a row on disk, {parts['parts']} parts")
        measured = cases(store, held)
        for case in measured:
            asyncio.run(measure(case, repeat))
        return report(measured)
    finally:
        store.close()


def main() -> int:
    """Reads the command line and runs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=30_000_000)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROWS:,} rows")
    parser.add_argument("--data", type=Path, help="keep the rows here for the next run")
    parser.add_argument("--repeat", type=int, default=60, help="questions of each kind")
    options = parser.parse_args()
    rows = QUICK_ROWS if options.quick else options.rows
    if options.data:
        return 0 if run(options.data, rows, options.repeat) else 1
    folder = Path(tempfile.mkdtemp(prefix="eduscope-bench-"))
    try:
        return 0 if run(folder, rows, options.repeat) else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
