"""One engine per process: every test of the platform shares it, on tables emptied for each."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from eduscope_server.store import Store, TokenKey

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
