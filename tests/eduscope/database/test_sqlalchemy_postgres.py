"""SQLAlchemy on a real PostgreSQL, sync and async, with psycopg and asyncpg."""

import asyncio
import gc
import itertools
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from opentelemetry.trace import StatusCode
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import eduscope
from eduscope.database import plan
from eduscope.database.sqlalchemy import instrument, uninstrument
from eduscope.database.transaction import open_transactions
from eduscope.testing import Captured

ANNA = "anna.schmidt@school.example"
INSERT = sa.text("INSERT INTO people (name, email) VALUES (:name, :email)")
numbers = itertools.count()
OPTIONS: dict[str, Any] = {"pool_size": 1, "max_overflow": 1, "pool_timeout": 0.2}


def with_driver(address: str, driver: str) -> str:
    """The address as SQLAlchemy wants it."""
    return address.replace("postgresql://", f"postgresql+{driver}://")


@pytest.fixture
def engine(address: str, seen: Captured) -> Iterator[sa.Engine]:
    """An observed engine on psycopg, with a table that is empty."""
    pool_name = f"pool-{next(numbers)}"
    made = instrument(sa.create_engine(with_driver(address, "psycopg"), **OPTIONS), pool_name=pool_name)
    with made.begin() as connection:
        connection.execute(sa.text("TRUNCATE people"))
    seen.clear()
    yield made
    made.dispose()


@pytest.fixture(params=["psycopg", "asyncpg"])
async def async_engine(
    request: pytest.FixtureRequest, engine: sa.Engine, address: str
) -> AsyncIterator[AsyncEngine]:
    """An observed asynchronous engine."""
    made = instrument(create_async_engine(with_driver(address, request.param), **OPTIONS))
    yield made
    await made.dispose()


def everything(seen: Captured) -> str:
    """All that was recorded, as text."""
    return (
        b"".join(seen.raw).decode()
        + "".join(span.to_json() for span in seen.spans)
        + eduscope.metrics.text().decode()
    )


def failed_line(seen: Captured) -> dict[str, Any]:
    """The line of the failed query."""
    (line,) = [line for line in seen.lines if line["message"] == "query failed"]
    return line


def test_a_unique_violation_tells_code_and_constraint_and_no_value(engine: sa.Engine, seen: Captured) -> None:
    log = eduscope.get_logger()
    with engine.begin() as connection:
        connection.execute(INSERT, {"name": "Anna Schmidt", "email": ANNA})
    try:
        with engine.begin() as connection:
            connection.execute(INSERT, {"name": "Anna Schmidt", "email": ANNA})
    except sa.exc.IntegrityError as error:
        log.error("could not add", exc_info=error)
        eduscope.errors.report(error)
    line = failed_line(seen)
    assert line["log_level"] == "warning"
    assert line["db.response.status_code"] == "23505"
    assert line["db.constraint.name"] == "people_email_key"
    assert line["error.type"] == "psycopg.errors.UniqueViolation"
    assert line["db.query.parameter_types"] == "name str[12], email str[27]"
    assert line["code.file.path"].endswith("test_sqlalchemy_postgres.py")
    assert line["code.function.name"].startswith("test_a_unique_violation")
    failed = [span for span in seen.spans if span.status.status_code is StatusCode.ERROR]
    assert len(failed) == 1
    for value in ("Anna", "Schmidt", "anna.schmidt", ANNA):
        assert value not in everything(seen)


def test_literals_in_a_statement_that_fails_are_told_by_nobody(engine: sa.Engine, seen: Captured) -> None:
    broken = (
        f"INSERT INTO people (name, age) VALUES ('Anna Schmidt, {ANNA}', -1)",
        f"SELECT * FROM people WHERE age = '{ANNA}'",
        "SELECT 'Anna Schmidt'::int",
        "SELECT * FROM people WHERE name = $$Anna Schmidt$$ AND nonsense",
    )
    for statement in broken:
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql(statement)
        except sa.exc.DBAPIError as error:
            eduscope.get_logger().error("failed", exc_info=error)
    assert len([line for line in seen.lines if line["message"] == "query failed"]) == len(broken)
    for value in ("Anna", "Schmidt", "anna.schmidt"):
        assert value not in everything(seen)


async def test_an_asynchronous_engine_tells_its_callers_place_and_no_value(
    async_engine: AsyncEngine, seen: Captured
) -> None:
    with eduscope.tracing.span("request"):
        for _ in range(2):
            try:
                async with async_engine.begin() as connection:
                    await connection.execute(INSERT, {"name": "Anna Schmidt", "email": ANNA})
            except sa.exc.IntegrityError as error:
                eduscope.errors.report(error)
    line = failed_line(seen)
    assert line["error.type"] in {"psycopg.errors.UniqueViolation", "asyncpg.exceptions.UniqueViolationError"}
    assert line["db.response.status_code"] == "23505"
    assert line["db.constraint.name"] == "people_email_key"
    assert line["code.function.name"] == "test_an_asynchronous_engine_tells_its_callers_place_and_no_value"
    request = seen.span("request")
    assert request.context is not None
    inserts = [span for span in seen.spans if span.name == "INSERT"]
    assert len(inserts) == 2
    assert all(span.parent and span.parent.span_id == request.context.span_id for span in inserts)
    for value in ("Anna", "Schmidt", "anna.schmidt"):
        assert value not in everything(seen)


async def test_a_cancelled_query_leaves_nothing_behind(async_engine: AsyncEngine, seen: Captured) -> None:
    async def wait() -> None:
        async with async_engine.connect() as connection:
            await connection.execute(sa.text("SELECT pg_sleep(5)"))

    task = asyncio.create_task(wait())
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with async_engine.connect() as connection:
        await connection.execute(sa.text("SELECT 1"))
    spans = [s for s in seen.spans if s.attributes and "pg_sleep" in str(s.attributes["db.query.text"])]
    assert [s.attributes["error.type"] for s in spans if s.attributes] == [
        "asyncio.exceptions.CancelledError"
    ]
    assert not [line for line in seen.lines if line["message"] == "query failed"]


async def test_tasks_keep_their_contexts_apart(async_engine: AsyncEngine, seen: Captured) -> None:
    async def one(number: int) -> None:
        with eduscope.bind(tenant_id=f"t{number}"), eduscope.tracing.span(f"request {number}"):
            async with async_engine.connect() as connection:
                await connection.execute(sa.text(f"SELECT {number} AS column_{number}"))

    await asyncio.gather(*(one(number) for number in range(2)))
    for number in range(2):
        parent = seen.span(f"request {number}")
        (span,) = [
            s
            for s in seen.spans
            if s.attributes and f"column_{number}" in str(s.attributes.get("db.query.text"))
        ]
        assert span.parent is not None
        assert parent.context is not None
        assert span.parent.span_id == parent.context.span_id
        assert span.attributes is not None
        assert span.attributes["tenant_id"] == f"t{number}"


def test_a_slow_query_has_its_plan_on_request_without_values(
    engine: sa.Engine, seen: Captured, with_options: Callable[..., None]
) -> None:
    with_options(explain_slow_queries=True, slow_query_ms=0)
    query = sa.text("SELECT * FROM people WHERE email = :email AND age > 41")
    with engine.begin() as connection:
        connection.execute(query, {"email": ANNA})
        connection.execute(query, {"email": ANNA})
    first, second = [line for line in seen.lines if line.get("db.collection.name") == "people"]
    assert "people" in first["db.query.plan"]
    assert "email = ?" in first["db.query.plan"]
    assert "db.query.plan" not in second, "one plan a minute is enough"
    assert "anna" not in everything(seen)
    assert "41" not in first["db.query.plan"].replace("cost", "")


def test_a_plan_that_is_refused_does_not_end_the_transaction(
    engine: sa.Engine, seen: Captured, with_options: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_options(explain_slow_queries=True, slow_query_ms=0)
    monkeypatch.setitem(plan.PREFIXES, "postgresql", "EXPLAIN (NONSENSE) ")
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT 1"))
        assert connection.execute(sa.text("SELECT 2")).scalar() == 2


def test_an_exhausted_pool_is_one_warning_with_its_numbers(engine: sa.Engine, seen: Captured) -> None:
    with engine.connect(), engine.connect():
        for _ in range(3):
            with pytest.raises(sa.exc.TimeoutError):
                engine.connect()
        text = eduscope.metrics.text().decode()
    (line,) = [line for line in seen.lines if "pool" in line["message"]]
    assert line["message"] == "connection pool exhausted"
    assert (line["db.client.connection.used"], line["db.client.connection.max"]) == (2, 2)
    name = line["db.client.connection.pool.name"]
    labels = f'db_client_connection_pool_name="{name}"'
    assert f'db_client_connection_count{{{labels},state="used"}} 2.0' in text
    assert f"db_client_connection_max{{{labels}}} 2.0" in text
    assert f'db_client_connection_events_total{{{labels},event="overflow"}}' in text
    assert f"db_client_connection_timeouts_total{{{labels}}}" in text
    assert f"db_client_connection_wait_time_seconds_count{{{labels}}}" in text


def test_a_caller_that_waits_long_is_told_too(
    engine: sa.Engine, seen: Captured, with_options: Callable[..., None]
) -> None:
    with_options(slow_query_ms=50)
    first, second = engine.connect(), engine.connect()
    threading.Timer(0.12, first.close).start()
    engine.connect().close()
    second.close()
    (line,) = [line for line in seen.lines if "pool" in line["message"]]
    assert line["message"] == "connection pool kept callers waiting"
    assert line["duration_ms"] > 50


def test_a_disposed_pool_is_observed_on(engine: sa.Engine, seen: Captured) -> None:
    engine.dispose()
    with engine.connect(), engine.connect(), pytest.raises(sa.exc.TimeoutError):
        engine.connect()
    assert [line["message"] for line in seen.lines] == ["connection pool exhausted"]


def test_a_transaction_that_stays_open_is_told_while_open_and_at_its_end(
    engine: sa.Engine, seen: Captured, with_options: Callable[..., None]
) -> None:
    with_options(long_transaction_ms=20)
    with eduscope.bind(tenant_id="t1"), engine.connect() as connection:
        connection.execute(sa.text("SELECT 'Anna' FROM people"))
        threading.Event().wait(0.03)
        for _ in range(2):
            elsewhere = threading.Thread(target=open_transactions.look)
            elsewhere.start()
            elsewhere.join()
        connection.commit()
    still, at_end = [line for line in seen.lines if "transaction" in line["message"]]
    assert still["message"] == "transaction is still open"
    assert still["tenant_id"] == "t1"
    assert still["db.query.text"] == "SELECT ? FROM people"
    assert at_end["message"] == "transaction was open long"
    assert at_end["outcome"] == "committed"
    assert at_end["db.transaction.queries"] == 1
    assert at_end["duration_ms"] > 20
    assert at_end["code.function.name"].startswith("test_a_transaction_that_stays_open")


def test_a_quick_transaction_is_no_line(engine: sa.Engine, seen: Captured) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT 1"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SELECT 1"))
        open_transactions.look()
    assert not seen.lines


def test_what_is_no_longer_instrumented_is_no_longer_observed(engine: sa.Engine, seen: Captured) -> None:
    uninstrument(uninstrument(engine))
    with engine.connect(), engine.connect(), pytest.raises(sa.exc.TimeoutError):
        engine.connect().execute(sa.text("SELECT 1"))
    assert not seen.spans
    assert not seen.lines
    assert engine.hide_parameters is False
    assert instrument(engine) is engine


def test_an_observed_engine_can_go(address: str) -> None:
    made = instrument(sa.create_engine(with_driver(address, "psycopg")))
    with made.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
    made.dispose()
    gone = weakref.ref(made)
    del made, connection
    gc.collect()
    assert gone() is None
