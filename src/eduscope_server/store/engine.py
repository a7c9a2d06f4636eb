"""The ClickHouse engine: embedded in this process, or a server at an address. The same client for both."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from eduscope_server.store.errors import (
    NeedsInspection,
    NotPlain,
    QueryTimeout,
    StoreUnavailable,
    UnreadableBlock,
)

DATABASE = "eduscope"

TIMEOUT_CODES = frozenset({159, 160, 394})
"""TIMEOUT_EXCEEDED, TOO_SLOW, QUERY_WAS_CANCELLED."""

AWAY_CODES = frozenset(
    {74, 75, 76, 201, 202, 203, 209, 210, 241, 242, 243, 252, 279, 319, 395, 425, 439, 999}
)
"""Codes that say the engine can't work now, not that the data is bad: files that can't be read, written or
opened, quotas, connections, sockets, memory (241), a read-only table (242), a full disk (243), too many parts
(252), replicas, our own guard for a missing token key (395), system errors, threads, the keeper."""

NOT_PLAIN_CODE = 9395
"""Ours: what a plain inlet refuses a block with."""

NEEDS_INSPECTION_CODE = 9396
"""Ours: what a full inlet refuses a block with, that has something of a shape which only Python treats."""

_HAS_NAMELESS_FILES = hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir()
"""On Linux."""

INSERT_TIMEOUT_SECONDS = 30
"""An insert takes milliseconds; one that takes this long is a server that has gone."""


class Engine:
    """Gives each thread its own client, since a client serialises its callers.

    One embedded engine may live in a process; any number of clients may share it.
    """

    def __init__(self, address: str, folder: Path) -> None:
        """`address` is a ClickHouse DSN; where it is empty the engine runs embedded under `folder`."""
        self._address = address
        self._folder = folder
        self._local = threading.local()
        self._clients: list[Client] = []
        self._lock = threading.Lock()

    def client(self) -> Client:
        """This thread's client. Raises `StoreUnavailable` where no server answers at the address."""
        client: Client | None = getattr(self._local, "client", None)
        if client is None:
            with translated():
                client = self._connect()
            self._local.client = client
            with self._lock:
                self._clients.append(client)
        return client

    def insert(self, table: str, block: bytes, *, format_: str, settings: Mapping[str, Any]) -> None:
        """Inserts a block of bytes in one of the engine's formats."""
        client = self.client()
        if self._address or not _HAS_NAMELESS_FILES:
            client.raw_insert(table, insert_block=block, fmt=format_, settings=dict(settings))
            return
        # The embedded engine reads a block from a file only. One in memory that has no name is gone with the process:
        # what a producer sent is nowhere to be found after `kill -9`, and nobody has to tidy up.
        number = os.memfd_create("block")
        try:
            with open(number, "wb", closefd=False) as file:
                file.write(block)
            said = ", ".join(f"{name} = {_literal(value)}" for name, value in settings.items())
            clause = f" SETTINGS {said}" if said else ""
            client.command(
                f"INSERT INTO {table} FROM INFILE '/proc/self/fd/{number}'{clause} FORMAT {format_}"
            )
        finally:
            os.close(number)

    def close(self) -> None:
        """Closes every thread's client; the embedded engine ends with the last one."""
        with self._lock:
            clients, self._clients = self._clients, []
        for client in clients:
            client.close()
        self._local = threading.local()

    def _connect(self) -> Client:
        options: dict[str, Any] = {"tz_mode": "aware"}
        if self._address:
            # Sessions would serialise requests on the server; nothing here needs one.
            return clickhouse_connect.get_client(
                dsn=self._address,
                send_receive_timeout=INSERT_TIMEOUT_SECONDS,
                autogenerate_session_id=False,
                **options,
            )
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return clickhouse_connect.get_client(interface="chdb", path=str(self._folder), **options)


def _literal(value: Any) -> str:
    """A setting's value in SQL. The values are our own: numbers, and the paths of schemas."""
    if isinstance(value, int):
        return str(int(value))
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


@contextmanager
def translated() -> Iterator[None]:
    """Turns the engine's exceptions into the store's, each carrying whether to try again."""
    try:
        yield
    except ClickHouseError as error:
        code = getattr(error, "code", None)
        if code in TIMEOUT_CODES:
            raise QueryTimeout("the question took too long; narrow its time range") from error
        if code == NOT_PLAIN_CODE:
            raise NotPlain("the block needs the full inlet") from error
        if code == NEEDS_INSPECTION_CODE:
            raise NeedsInspection("the block needs to be inspected") from error
        if code is None or code in AWAY_CODES:
            raise StoreUnavailable(f"the store can't work now (ClickHouse code {code})") from error
        # The engine's own text may quote data: only its code and name go on.
        raise UnreadableBlock(f"ClickHouse refused it: {getattr(error, 'name', '')} ({code})") from error
    except OSError as error:
        raise StoreUnavailable(
            f"the store can't work now ({error.strerror or type(error).__name__})"
        ) from error
