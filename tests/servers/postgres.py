"""An embedded PostgreSQL for tests: it runs for a whole session, in an event loop of its own."""

import asyncio
import threading
import uuid
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from eduscope_server.state.embedded import EmbeddedPostgres

T = TypeVar("T")


class PostgresServer:
    """A real PostgreSQL in a folder; each test asks for a database of its own."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="PostgreSQL", daemon=True)
        self._thread.start()
        self._server = self._wait(EmbeddedPostgres.start(folder))

    def new_database(self) -> str:
        """Makes an empty database and gives its address."""
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(self._server.address, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self._server.address.replace("/postgres?", f"/{name}?")

    def stop(self) -> None:
        """Stops the server and the loop."""
        self._wait(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
