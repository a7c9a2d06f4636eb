"""One engine and one PostgreSQL per process: the tests share them, on tables or a database of their own."""

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import psycopg
import pytest

from eduscope_server.state import State
from eduscope_server.state.embedded import EmbeddedPostgres
from eduscope_server.store import Store, TokenKey

T = TypeVar("T")
TABLES = ("logs", "spans")


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


class PostgresServer:
    """An embedded PostgreSQL that runs for a whole test session, in an event loop of its own."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="PostgreSQL", daemon=True)
        self._thread.start()
        self._server = self._wait(EmbeddedPostgres.start(folder))

    def new_database(self) -> str:
        """Makes an empty database and returns its address."""
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(self._server.address, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self._server.address.replace("/postgres?", f"/{name}?")

    def stop(self) -> None:
        """Stops the server and the loop."""
        self._wait(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


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
