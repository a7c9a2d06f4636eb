"""asyncpg on a real PostgreSQL: connections, prepared statements and pools."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest

import eduscope
from eduscope.database import plan
from eduscope.database.asyncpg import instrument, uninstrument
from eduscope.testing import Captured

ANNA = "anna.schmidt@school.example"
INSERT = "INSERT INTO people (name, email) VALUES ($1, $2)"


@pytest.fixture
async def connection(address: str, seen: Captured) -> AsyncIterator[Any]:
    """An observed connection, the table empty."""
    made = await asyncpg.connect(address)
    await made.execute("TRUNCATE people")
    yield instrument(made)
    await made.close()


def everything(seen: Captured) -> str:
    """All that was recorded, as text."""
    return (
        b"".join(seen.raw).decode()
        + "".join(span.to_json() for span in seen.spans)
        + eduscope.metrics.text().decode()
    )


async def test_every_way_of_asking_is_a_span_without_values(connection: Any, seen: Captured) -> None:
    await connection.execute("INSERT INTO people (name) VALUES ('Anna'); SELECT 'Anna'")
    await connection.execute(INSERT, "Anna", ANNA)
    await connection.executemany(INSERT, [("Anna", "a@x.example"), ("Anna", "b@x.example")])
    assert len(await connection.fetch("SELECT * FROM people WHERE name = 'Anna'")) == 4
    assert await connection.fetchval("SELECT count(*) FROM people") == 4
    assert await connection.fetchrow("SELECT 1") is not None
    prepared = await connection.prepare("SELECT * FROM people WHERE name = $1")
    assert len(await prepared.fetch("Anna")) == 4
    told = [
        (span.attributes["db.query.text"], span.attributes.get("db.response.returned_rows"))
        for span in seen.spans
        if span.attributes
    ]
    assert told == [
        ("INSERT INTO people (name) VALUES (?); SELECT ?", 1),
        ("INSERT INTO people (name, email) VALUES (…)", 1),
        ("INSERT INTO people (name, email) VALUES (…)", None),
        ("SELECT * FROM people WHERE name = ?", 4),
        ("SELECT count(*) FROM people", 1),
        ("SELECT ?", 1),
        ("SELECT * FROM people WHERE name = $1", 4),
    ]
    assert "Anna" not in everything(seen)


async def test_a_unique_violation_tells_code_and_constraint_and_no_value(
    connection: Any, seen: Captured
) -> None:
    await connection.execute(INSERT, "Anna Schmidt", ANNA)
    with pytest.raises(asyncpg.UniqueViolationError) as raised:
        await connection.execute(INSERT, "Anna Schmidt", ANNA)
    eduscope.errors.report(raised.value)
    with pytest.raises(asyncpg.DataError) as wrong:
        await connection.fetch("SELECT $1::int", "Anna Schmidt")
    eduscope.errors.report(wrong.value)
    line, other = [line for line in seen.lines if line["message"] == "query failed"]
    assert line["db.response.status_code"] == "23505"
    assert line["db.constraint.name"] == "people_email_key"
    assert line["db.query.parameter_types"] == "str[12], str[27]"
    assert line["code.function.name"].startswith("test_a_unique_violation")
    assert other["log_level"] == "error"
    for value in ("Anna", "Schmidt", "anna.schmidt"):
        assert value not in everything(seen)


async def test_a_slow_query_has_its_plan_on_request_and_a_refusal_ends_no_transaction(
    connection: Any, seen: Captured, with_options: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_options(explain_slow_queries=True, slow_query_ms=0)
    await connection.fetch("SELECT * FROM people WHERE email = $1 AND name = 'Anna'", ANNA)
    (line,) = [line for line in seen.lines if "db.query.plan" in line]
    assert "name = ?" in line["db.query.plan"]
    assert "Anna" not in everything(seen)
    assert "anna." not in everything(seen)
    monkeypatch.setitem(plan.PREFIXES, "postgresql", "EXPLAIN (NONSENSE) ")
    async with connection.transaction():
        await connection.fetch("SELECT 1")
        assert await connection.fetchval("SELECT 2") == 2


async def test_a_transaction_that_was_open_long_is_told_with_its_end(
    connection: Any, seen: Captured, with_options: Callable[..., None]
) -> None:
    with_options(long_transaction_ms=10)
    async with connection.transaction():
        await connection.execute("SELECT 1")
        await connection.execute("SELECT 2")
        await asyncio.sleep(0.02)
    transaction = connection.transaction()
    await transaction.start()
    await asyncio.sleep(0.02)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await connection.execute("SELECT 1 / 0")
    await transaction.rollback()
    told = [line for line in seen.lines if line["message"] == "transaction was open long"]
    assert [(line["outcome"], line["db.transaction.queries"]) for line in told] == [
        ("committed", 2),
        ("rolled_back", 1),
    ]


async def test_an_exhausted_pool_is_one_warning_with_its_numbers(address: str, seen: Captured) -> None:
    async with asyncpg.create_pool(address, min_size=1, max_size=1) as pool:
        instrument(instrument(pool, pool_name="asyncpg-small"))
        async with pool.acquire() as connection:
            await connection.execute("SELECT 1")
            for _ in range(2):
                with pytest.raises(asyncio.TimeoutError):
                    await pool.acquire(timeout=0.05)
            text = eduscope.metrics.text().decode()
        async with pool.acquire() as connection:
            await connection.execute("SELECT 2")
    (line,) = seen.lines
    assert line["message"] == "connection pool exhausted"
    assert (line["db.client.connection.used"], line["db.client.connection.max"]) == (1, 1)
    labels = 'db_client_connection_pool_name="asyncpg-small"'
    assert f'db_client_connection_count{{{labels},state="used"}} 1.0' in text
    assert f"db_client_connection_timeouts_total{{{labels}}} 2.0" in text
    assert len(seen.spans) == 2
    text = eduscope.metrics.text().decode()
    assert f"db_client_connection_use_time_seconds_count{{{labels}}} 2.0" in text
    assert f'db_client_connection_events_total{{{labels},event="close"}} 1.0' in text
    assert f"db_client_connection_count{{{labels}" not in text, "a closed pool has no connections"


async def test_tasks_keep_their_contexts_apart(address: str, seen: Captured) -> None:
    async def one(number: int) -> None:
        with eduscope.bind(tenant_id=f"t{number}"):
            await pool.fetch("SELECT 1")

    async with asyncpg.create_pool(address, min_size=1, max_size=2) as pool:
        instrument(pool)
        await asyncio.gather(*(one(number) for number in range(6)))
    tenants = sorted(str(span.attributes["tenant_id"]) for span in seen.spans if span.attributes)
    assert tenants == [f"t{number}" for number in range(6)]


async def test_what_is_not_instrumented_is_not_observed(
    connection: Any, address: str, seen: Captured
) -> None:
    await uninstrument(uninstrument(connection)).execute("SELECT 1")
    other = await asyncpg.connect(address)
    await other.execute("SELECT 1")
    await other.close()
    assert not seen.spans
