from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy.ext.asyncio import create_async_engine

import eduscope
from eduscope.database.sqlalchemy import instrument
from eduscope.testing import Captured

INSERT = sa.text("INSERT INTO people (id, name) VALUES (:id, :name)")


@pytest.fixture(name="engine")
def an_engine() -> Iterator[sa.Engine]:
    """A database in memory with one table, not yet observed."""
    made = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    with made.begin() as connection:
        connection.execute(sa.text("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)"))
    yield made
    made.dispose()


def test_a_query_is_a_client_span_without_its_parameters(engine: sa.Engine, seen: Captured) -> None:
    database = instrument(engine)
    with eduscope.bind(tenant_id="t1"), eduscope.tracing.span("request"), database.begin() as connection:
        connection.execute(INSERT, {"id": 1, "name": "Anna Schmidt"})
        connection.execute(sa.text("SELECT * FROM people WHERE name = 'Anna Schmidt' LIMIT 7")).all()
    insert, select = seen.span("INSERT"), seen.span("SELECT")
    assert insert.attributes is not None
    assert select.attributes is not None
    assert insert.kind is SpanKind.CLIENT
    assert insert.attributes["db.system.name"] == "sqlite"
    assert insert.attributes["db.query.text"] == "INSERT INTO people (id, name) VALUES (…)"
    assert insert.attributes["db.response.returned_rows"] == 1
    assert select.attributes["db.query.text"] == "SELECT * FROM people WHERE name = ? LIMIT ?"
    assert insert.parent is not None
    assert insert.attributes["tenant_id"] == "t1"
    assert "Anna" not in insert.to_json() + select.to_json()


def test_a_slow_query_is_a_warning_with_the_statement_and_the_rows(engine: sa.Engine, seen: Captured) -> None:
    with instrument(engine, slow_query_ms=0).begin() as connection:
        connection.execute(INSERT, {"id": 1, "name": "Anna Schmidt"})
    line = seen.lines[-1]
    assert (line["log_level"], line["message"]) == ("warning", "slow query")
    assert line["db.query.text"].startswith("INSERT INTO people")
    assert line["db.response.returned_rows"] == 1
    assert line["duration_ms"] > 0
    assert b"Anna" not in b"".join(seen.raw)


def test_a_quick_query_is_no_line(engine: sa.Engine, seen: Captured) -> None:
    with instrument(engine).begin() as connection:
        connection.execute(INSERT, {"id": 1, "name": "x"})
    assert not seen.lines


def test_a_failed_query_is_a_failed_span_without_its_values(engine: sa.Engine, seen: Captured) -> None:
    database = instrument(engine)
    with database.begin() as connection:
        connection.execute(INSERT, {"id": 1, "name": "Anna Schmidt"})
    with pytest.raises(sa.exc.IntegrityError), database.begin() as connection:
        connection.execute(INSERT, {"id": 1, "name": "Anna Schmidt"})
    failed = seen.spans[-1]
    assert failed.attributes is not None
    assert failed.status.status_code is StatusCode.ERROR
    assert failed.attributes["error.type"] == "sqlite3.IntegrityError"
    assert "Anna" not in failed.to_json()


def test_instrumenting_twice_observes_once(engine: sa.Engine, seen: Captured) -> None:
    database = instrument(instrument(engine))
    with database.begin() as connection:
        connection.execute(sa.text("SELECT 1"))
    assert len(seen.spans) == 1


def test_a_fault_of_the_observer_does_not_reach_the_query(
    engine: sa.Engine, seen: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(statement: str, system: str) -> str:
        raise RuntimeError("bug")

    monkeypatch.setattr("eduscope.database.observation.read", broken)
    with instrument(engine).begin() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar() == 1


async def test_an_asynchronous_engine_is_observed_too(seen: Captured) -> None:
    database = instrument(create_async_engine("sqlite+aiosqlite://"))
    with eduscope.tracing.span("request"):
        async with database.connect() as connection:
            await connection.execute(sa.text("SELECT 'Anna', 1"))
    await database.dispose()
    span = seen.span("SELECT")
    assert span.attributes is not None
    assert span.parent is not None
    assert span.attributes["db.query.text"] == "SELECT ?, ?"


def test_parameters_lists_and_literals_of_bulk_statements_are_not_kept(
    engine: sa.Engine, seen: Captured
) -> None:
    with instrument(engine).begin() as connection:
        connection.execute(INSERT, [{"id": n, "name": f"Anna {n}"} for n in range(3)])
    (span,) = seen.spans
    assert span.attributes is not None
    assert span.attributes["db.response.returned_rows"] == 3
    assert "Anna" not in span.to_json()
