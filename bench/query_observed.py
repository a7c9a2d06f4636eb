"""What observing a query costs: ours against OpenTelemetry's instrumentation of SQLAlchemy, in the same run.

One SELECT by primary key, executed and fetched, ten to a transaction and a request's span, on SQLite in memory (and
on PostgreSQL, where its package is there). Both end their spans into OpenTelemetry's batch processor with an exporter
that forgets them. Ours also normalises the statement, counts it into a histogram with an exemplar, watches for slow,
failed and repeated queries and for long transactions, and observes the pool. The last row is ours with the contract's
judgement of every attribute in the exporter's thread, which shares the interpreter with the queries.

    python bench/query_observed.py [--quick] [--profile]
"""

import argparse
import asyncio
import cProfile
import itertools
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import eduscope
from eduscope import tracing
from eduscope.config import load
from eduscope.database.sqlalchemy import instrument
from eduscope.span_export import batch_processor

BUDGET_SHARE = 0.5
"""Ours may add less than this share of the processor time that OpenTelemetry's adds."""

QUERY = sa.text("SELECT id, name FROM people WHERE id = :id")

REQUEST_QUERIES = 10

Run = Callable[[int], tuple[float, float]]
"""Runs so many queries; gives seconds per query, on the clock and of this thread's processor time."""


class Nowhere(SpanExporter):
    """Takes spans and forgets them."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Takes them."""
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Nothing to end."""


def engine(address: str) -> sa.Engine:
    """A database with one row."""
    options: dict[str, Any] = {"poolclass": sa.StaticPool} if address == "sqlite://" else {}
    made = sa.create_engine(address, **options)
    with made.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS people"))
        connection.execute(sa.text("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)"))
        connection.execute(sa.text("INSERT INTO people VALUES (1, 'x')"))
    return made


def queries(database: sa.Engine, request: Callable[[], Any], before: Callable[[], object] = bool) -> Run:
    """Runs queries ten to a request; `before` is called before they are counted."""

    def run(number: int) -> tuple[float, float]:
        before()
        seconds = busy_seconds = 0.0
        for _ in range(number // REQUEST_QUERIES):
            with request(), database.begin() as connection:
                started, busy = time.perf_counter(), time.thread_time()
                for _ in itertools.repeat(None, REQUEST_QUERIES):
                    connection.execute(QUERY, {"id": 1}).all()
                seconds += time.perf_counter() - started
                busy_seconds += time.thread_time() - busy
        return seconds / number, busy_seconds / number

    return run


@contextmanager
def bare() -> Iterator[None]:
    """A request that nobody watches."""
    yield


def prepared(engines: dict[str, sa.Engine], provider: TracerProvider) -> dict[str, Run]:
    """The three, each on an engine of its own; ours a second time with its spans judged."""
    tracer = provider.get_tracer("bench")
    ours = instrument(engines["eduscope"])
    judged = batch_processor(load({"service": "bench"}, environ={}), Nowhere())
    unjudged = BatchSpanProcessor(Nowhere())
    return {
        "bare": queries(engines["bare"], bare),
        "opentelemetry": queries(engines["opentelemetry"], lambda: tracer.start_as_current_span("request")),
        "eduscope": queries(ours, our_request, lambda: send_to(unjudged)),
        "eduscope, and its spans judged": queries(ours, our_request, lambda: send_to(judged)),
    }


def send_to(processor: SpanProcessor) -> None:
    """Our spans end there from now on."""
    spans = tracing.active()
    if spans is not None:
        spans._relay.target = processor


@contextmanager
def our_request() -> Iterator[None]:
    """A request with ids and a span."""
    ids = {"tenant_id": "t-school-1", "user_id": "usr_k1_abcdefghijklmnopqrstuvwxyz"}
    with eduscope.bind(**ids), tracing.span("request", kind="server"):
        yield


def measure(runs: dict[str, Run], rounds: int, number: int) -> dict[str, tuple[float, float]]:
    """Median microseconds per query. The rounds are interleaved, so that a busy moment hits all alike."""
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            seen[name].append(run(number))
    return {
        name: (statistics.median(s for s, _ in values) * 1e6, statistics.median(b for _, b in values) * 1e6)
        for name, values in seen.items()
    }


def show(title: str, median: dict[str, tuple[float, float]]) -> float:
    """Prints one table; gives our share of the processor time that OpenTelemetry adds.

    The verdict is on processor time: on the clock, another process that wants the same core weighs more than either.
    """
    print(f"{title:<36}{'µs':>8}{'added':>8}{'of theirs':>11}{'µs busy':>10}{'added':>8}{'of theirs':>11}")
    bare, theirs = median["bare"], median["opentelemetry"]
    for name, row in median.items():
        cells = ""
        for place, micros in enumerate(row):
            added = micros - bare[place]
            share = added / (theirs[place] - bare[place])
            cells += f"{micros:>{8 + 2 * place}.2f}{added:>8.2f}{share:>11.2f}"
        print(f"{name:<36}{cells}")
    return (median["eduscope"][1] - bare[1]) / (theirs[1] - bare[1])


@contextmanager
def postgres() -> Iterator[str]:
    """The address of an embedded PostgreSQL, or nothing where its package is missing."""
    from eduscope_server.state.embedded import EmbeddedPostgres
    from eduscope_server.state.errors import StateBroken

    with tempfile.TemporaryDirectory(prefix="eduscope-bench-") as folder, asyncio.Runner() as runner:
        try:
            server = runner.run(EmbeddedPostgres.start(Path(folder) / "postgres"))
        except StateBroken:
            yield ""
            return
        try:
            yield server.address.replace("postgresql://", "postgresql+psycopg://")
        finally:
            runner.run(server.stop())


def main() -> None:
    """Prints the tables; ends with status 1 where the budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: for a look, not for a verdict")
    parser.add_argument("--profile", action="store_true", help="where our time goes, and no verdict")
    options = parser.parse_args()
    eduscope.init(
        service="bench", environment="production", stdout=False, stdlib_logging=False, log_level="critical"
    )
    rounds, number = (7, 1_000) if options.quick else (25, 4_000)
    with ExitStack() as stack:
        addresses = {
            "SQLite in memory": "sqlite://",
            "PostgreSQL on a socket": stack.enter_context(postgres()),
        }
        # All engines are made first: OpenTelemetry's instrumentation wraps `create_engine` for those made later.
        engines = {
            title: {name: engine(address) for name in ("bare", "opentelemetry", "eduscope")}
            for title, address in addresses.items()
            if address
        }
        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(Nowhere()))
        # Its declared range ends below SQLAlchemy 2.1; the check is skipped, the code runs as it is.
        theirs = [made["opentelemetry"] for made in engines.values()]
        SQLAlchemyInstrumentor().instrument(engines=theirs, tracer_provider=provider, skip_dep_check=True)
        prepared_runs = {title: prepared(made, provider) for title, made in engines.items()}
        if options.profile:
            profile(prepared_runs["SQLite in memory"]["eduscope"])
            return
        shares = {}
        for title, runs in prepared_runs.items():
            measure(runs, rounds=2, number=500)
            shares[title] = show(f"one query, {title}", measure(runs, rounds, number))
            print()
    share = shares["SQLite in memory"]
    kept = share < BUDGET_SHARE
    print(
        f"budget: adds < {BUDGET_SHARE} of what opentelemetry-instrumentation-sqlalchemy adds ({share:.2f}): "
        f"{'kept' if kept else 'MISSED'}"
    )
    raise SystemExit(not kept)


def profile(run: Run) -> None:
    """Where the time of an observed query goes."""
    run(500)
    profiler = cProfile.Profile()
    profiler.runcall(run, 5_000)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
