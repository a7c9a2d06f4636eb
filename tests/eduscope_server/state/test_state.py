"""Asking PostgreSQL, and what is said when it cannot answer."""

from pathlib import Path

import psycopg
import pytest

from eduscope_server.state import State, StateUnavailable


async def test_rows_come_back_as_records(state: State) -> None:
    assert await state.fetch("SELECT 1 AS a, 'x' AS b") == [{"a": 1, "b": "x"}]
    assert await state.fetch_one("SELECT 1 AS a WHERE false") is None


async def test_a_change_says_how_many_rows_it_touched(state: State) -> None:
    assert await state.execute("INSERT INTO tenants (tenant_id) VALUES ('a'), ('b')") == 2


async def test_a_transaction_that_fails_leaves_nothing(state: State) -> None:
    async def twice() -> None:
        async with state.transaction() as connection:
            for _ in range(2):
                await connection.execute("INSERT INTO tenants (tenant_id) VALUES ('a')")

    with pytest.raises(psycopg.errors.UniqueViolation):
        await twice()
    assert await state.fetch("SELECT * FROM tenants") == []


async def test_a_mistake_in_sql_is_not_taken_for_an_absent_server(state: State) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        await state.fetch("SELECT * FROM nothing")


async def test_an_address_where_nobody_answers_is_named_by_its_option(tmp_path: Path) -> None:
    with pytest.raises(StateUnavailable, match="EDUSCOPE_POSTGRES") as refused:
        await State.open("postgresql://eduscope:geheim@127.0.0.1:1/eduscope", tmp_path)
    assert "geheim" not in str(refused.value)


async def test_the_first_person_is_an_admin_of_every_tenant(state: State) -> None:
    rows = await state.fetch("SELECT name, role, tenant_id FROM people JOIN memberships USING (person_id)")
    assert rows == [{"name": "admin", "role": "admin", "tenant_id": None}]
