"""psycopg on a real PostgreSQL: connections, cursors and pools, synchronous and asynchronous."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import psycopg
import psycopg_pool
import pytest
from psycopg import sql

import eduscope
from eduscope.database import plan
from eduscope.database.psycopg import instrument, uninstrument
from eduscope.testing import Captured

ANNA = "anna.schmidt@school.example"
INSERT = "INSERT INTO people (name, email) VALUES (%s, %s)"


@pytest.fixture
def connection(address: str, seen: Captured) -> Iterator[psycopg.Connection[Any]]:
    """An observed connection, the table empty."""
    with psycopg.connect(address) as made:
        made.execute("TRUNCATE people")
        made.commit()
        yield instrument(made)
        made.rollback()


@pytest.fixture
async def async_connection(
    connection: psycopg.Connection[Any], address: str
) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """An observed asynchronous connection."""
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as made:
        yield instrument(made)


def everything(seen: Captured) -> str:
    """All that was recorded, as text."""
    return (
        b"".join(seen.raw).decode()
        + "".join(span.to_json() for span in seen.spans)
        + eduscope.metrics.text().decode()
    )


def texts(seen: Captured) -> list[str]:
    """The statements of the spans."""
    return [str(span.attributes["db.query.text"]) for span in seen.spans if span.attributes]


def test_every_way_of_asking_is_a_span_without_values(
    connection: psycopg.Connection[Any], seen: Captured
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'Anna' WHERE %s = 'x'", ("Anna",))
        cursor.executemany(INSERT, [("Anna", "a@x.example"), ("Anna", "b@x.example")])
        assert len(list(cursor.stream("SELECT name FROM people"))) == 2
        with cursor.copy("COPY people (name) FROM STDIN") as copy:
            copy.write_row(("Anna",))
        cursor.execute(sql.SQL("SELECT {} AS {}").format(sql.Literal("Anna"), sql.Identifier("it")))
        cursor.execute(b"SELECT 'Anna'")
    with connection.cursor("named") as cursor:
        cursor.execute("SELECT name FROM people")
        assert len(cursor.fetchall()) == 3
    assert texts(seen) == [
        "SELECT ? WHERE %s = ?",
        "INSERT INTO people (name, email) VALUES (…)",
        "SELECT name FROM people",
        "COPY people (name) FROM STDIN",
        'SELECT ? AS "it"',
        "SELECT ?",
        "SELECT name FROM people",
    ]
    assert "Anna" not in everything(seen)
    assert 'db_operation_name="COPY"' in eduscope.metrics.text().decode()


def test_a_unique_violation_tells_code_and_constraint_and_no_value(
    connection: psycopg.Connection[Any], seen: Captured
) -> None:
    connection.execute(INSERT, ("Anna Schmidt", ANNA))
    with pytest.raises(psycopg.errors.UniqueViolation) as raised:
        connection.execute(INSERT, ("Anna Schmidt", ANNA))
    eduscope.errors.report(raised.value)
    (line,) = [line for line in seen.lines if line["message"] == "query failed"]
    assert line["db.response.status_code"] == "23505"
    assert line["db.constraint.name"] == "people_email_key"
    assert line["db.query.parameter_types"] == "str[12], str[27]"
    assert line["code.function.name"].startswith("test_a_unique_violation")
    for value in ("Anna", "Schmidt", "anna.schmidt"):
        assert value not in everything(seen)


async def test_an_asynchronous_connection_is_observed_alike(
    async_connection: psycopg.AsyncConnection[Any], seen: Captured
) -> None:
    with eduscope.tracing.span("request"):
        await async_connection.execute(INSERT, ("Anna Schmidt", ANNA))
        async with async_connection.cursor() as cursor:
            with pytest.raises(psycopg.errors.UniqueViolation):
                await cursor.execute(INSERT, ("Anna Schmidt", ANNA))
            await cursor.executemany(INSERT, [("Anna", "a@x.example")])
            assert [row async for row in cursor.stream("SELECT 1")] == [(1,)]
            async with cursor.copy("COPY people (name) FROM STDIN") as copy:
                await copy.write_row(("Anna",))
    (line,) = [line for line in seen.lines if line["message"] == "query failed"]
    assert line["code.function.name"] == "test_an_asynchronous_connection_is_observed_alike"
    request = seen.span("request")
    queries = [span for span in seen.spans if span is not request]
    assert len(queries) == 5
    assert all(span.parent == request.context for span in queries)
    for value in ("Anna", "Schmidt", "anna.schmidt"):
        assert value not in everything(seen)


def test_a_slow_query_has_its_plan_on_request(
    connection: psycopg.Connection[Any], seen: Captured, with_options: Callable[..., None]
) -> None:
    with_options(explain_slow_queries=True, slow_query_ms=0)
    connection.execute("SELECT * FROM people WHERE email = %s AND name = 'Anna'", (ANNA,))
    (line,) = [line for line in seen.lines if line["message"] == "slow query"]
    assert "name = ?" in line["db.query.plan"]
    assert "Anna" not in everything(seen)
    assert "anna." not in everything(seen)


async def test_a_plan_that_is_refused_does_not_end_the_transaction(
    async_connection: psycopg.AsyncConnection[Any],
    seen: Captured,
    with_options: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_options(explain_slow_queries=True, slow_query_ms=0)
    monkeypatch.setitem(plan.PREFIXES, "postgresql", "EXPLAIN (NONSENSE) ")
    async with async_connection.transaction():
        await async_connection.execute("SELECT 1")
        await async_connection.execute("SELECT 2")
    assert [line["message"] for line in seen.lines] == ["slow query"] * 2


def test_a_transaction_that_was_open_long_is_told_with_its_end(
    connection: psycopg.Connection[Any], seen: Captured, with_options: Callable[..., None]
) -> None:
    with_options(long_transaction_ms=10)
    connection.execute("SELECT 1")
    threading.Event().wait(0.02)
    connection.rollback()
    with connection.transaction():
        connection.execute("SELECT 1")
        connection.execute("SELECT 2")
        threading.Event().wait(0.02)
    told = [line for line in seen.lines if line["message"] == "transaction was open long"]
    assert [(line["outcome"], line["db.transaction.queries"]) for line in told] == [
        ("rolled_back", 1),
        ("committed", 2),
    ]


def test_an_exhausted_pool_is_one_warning_with_its_numbers(address: str, seen: Captured) -> None:
    pool = psycopg_pool.ConnectionPool(address, min_size=1, max_size=1, open=False, name="small")
    with instrument(pool), pool.connection() as connection:
        connection.execute("SELECT 1")
        for _ in range(2):
            with pytest.raises(psycopg_pool.PoolTimeout):
                pool.getconn(timeout=0.05)
        text = eduscope.metrics.text().decode()
    (line,) = seen.lines
    assert line["message"] == "connection pool exhausted"
    assert (line["db.client.connection.used"], line["db.client.connection.max"]) == (1, 1)
    labels = 'db_client_connection_pool_name="small"'
    assert f'db_client_connection_count{{{labels},state="used"}} 1.0' in text
    assert f"db_client_connection_timeouts_total{{{labels}}} 2.0" in text
    assert f'db_client_connection_events_total{{{labels},event="connect"}} 1.0' in text
    assert texts(seen) == ["SELECT ?"]
    assert f"db_client_connection_use_time_seconds_count{{{labels}}} 1.0" in eduscope.metrics.text().decode()


async def test_an_asynchronous_pool_is_observed_and_tasks_keep_their_contexts(
    address: str, seen: Captured
) -> None:
    async def one(number: int) -> None:
        with eduscope.bind(tenant_id=f"t{number}"):
            async with pool.connection() as connection:
                await connection.execute("SELECT 1")

    pool = psycopg_pool.AsyncConnectionPool(address, min_size=1, max_size=2, open=False, name="async")
    async with instrument(instrument(pool)):
        await asyncio.gather(*(one(number) for number in range(6)))
    tenants = sorted(str(span.attributes["tenant_id"]) for span in seen.spans if span.attributes)
    assert tenants == [f"t{number}" for number in range(6)]
    labels = 'db_client_connection_pool_name="async"'
    assert f"db_client_connection_wait_time_seconds_count{{{labels}}} 6.0" in eduscope.metrics.text().decode()


def test_what_is_no_longer_instrumented_is_no_longer_observed(
    connection: psycopg.Connection[Any], seen: Captured
) -> None:
    uninstrument(uninstrument(connection)).execute("SELECT 1")
    assert not seen.spans
    assert type(connection.cursor()) is psycopg.Cursor
