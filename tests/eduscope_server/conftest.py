"""One engine and one PostgreSQL per process: the tests share them, on tables or a database of their own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.servers.postgres import PostgresServer

from eduscope_server.state import State
from eduscope_server.store import Store, TokenKey

TABLES = ("logs", "spans", "prose", "findings")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store on the embedded engine."""
    folder: Path = tmp_path_factory.mktemp("clickhouse")
    opened = Store.open("", folder, token_key=TokenKey("k1", b"0" * 32))
    yield opened
    opened.close()


@pytest.fixture
def clean_store(store: Store) -> Store:
    """The store with nothing in it."""
    for table in TABLES:
        store.command(f"TRUNCATE TABLE eduscope.{table}")
    return store


class Rows:
    """Writes rows of a table straight into the store. What a row leaves out takes the table's default."""

    def __init__(self, store: Store, table: str) -> None:
        self._store = store
        self._table = table

    def __call__(self, *rows: dict[str, Any]) -> None:
        """Inserts the rows at once; times are datetimes, in UTC."""
        lines = b"\n".join(msgspec.json.encode(row) for row in rows).decode()
        self._store.command(
            f"INSERT INTO eduscope.{self._table} SETTINGS date_time_input_format = 'best_effort' "
            f"FORMAT JSONEachRow\n{lines}"
        )


@pytest.fixture
def put_logs(clean_store: Store) -> Rows:
    """Writes rows into `logs`."""
    return Rows(clean_store, "logs")


@pytest.fixture
def put_spans(clean_store: Store) -> Rows:
    """Writes rows into `spans`."""
    return Rows(clean_store, "spans")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A real PostgreSQL, the embedded one."""
    server = PostgresServer(tmp_path_factory.mktemp("postgres") / "postgres")
    yield server
    server.stop()


@pytest.fixture
async def state(postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[State]:
    """The platform's PostgreSQL, migrated and with nothing in it."""
    opened = await State.open(postgres.new_database(), tmp_path / "postgres")
    yield opened
    await opened.close()
