"""Migrations happen once, in order, whole or not at all, and are never changed afterwards."""

import asyncio
from pathlib import Path

import psycopg
import pytest
from tests.servers.postgres import PostgresServer

from eduscope_server.state import StateBroken
from eduscope_server.state.migrations import Migration, migrate, read_migrations

ONE = Migration(1, "one", "CREATE TABLE one (a int); INSERT INTO one VALUES (1);")
TWO = Migration(2, "two", "CREATE TABLE two (a int);")
BAD = Migration(2, "bad", "CREATE TABLE half (a int); SELECT 1/0;")


async def apply(address: str, *migrations: Migration) -> list[int]:
    """Migrates as a platform would at its start."""
    async with await psycopg.AsyncConnection.connect(address) as connection:
        return await migrate(connection, list(migrations))


@pytest.fixture
def address(postgres: PostgresServer) -> str:
    """An empty database."""
    return postgres.new_database()


async def test_each_is_applied_once(address: str) -> None:
    assert await apply(address, ONE) == [1]
    assert await apply(address, ONE, TWO) == [2]
    assert await apply(address, ONE, TWO) == []


async def test_platforms_that_start_at_once_apply_each_only_once(address: str) -> None:
    applied = await asyncio.gather(*(apply(address, ONE, TWO) for _ in range(8)))
    assert sorted(applied) == [[]] * 7 + [[1, 2]]


async def test_a_changed_one_stops_the_start(address: str) -> None:
    await apply(address, ONE)
    with pytest.raises(StateBroken, match=r"0001_one\.sql was changed after it had been applied"):
        await apply(address, Migration(1, "one", ONE.sql + " "))


async def test_a_database_of_a_newer_eduscope_stops_the_start(address: str) -> None:
    await apply(address, ONE, TWO)
    with pytest.raises(StateBroken, match="has migration 0002, this EduScope knows 0001"):
        await apply(address, ONE)


async def test_a_failing_one_leaves_nothing_behind(address: str) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        await apply(address, ONE, BAD)
    assert await apply(address, ONE, TWO) == [1, 2]


def test_the_platforms_own_are_numbered_without_gaps() -> None:
    migrations = read_migrations()
    assert [migration.number for migration in migrations] == list(range(1, len(migrations) + 1))


def test_the_platforms_own_files_are_all_read() -> None:
    folder = Path(read_migrations.__code__.co_filename).parent / "migrations"
    assert len(read_migrations()) == len(list(folder.glob("*.sql")))
