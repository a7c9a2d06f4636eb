"""The store: what is kept, asked for and inserted, whichever engine is behind it."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from eduscope_server.store.engine import DATABASE, Engine, translated
from eduscope_server.store.errors import StoreUnavailable
from eduscope_server.store.inlets import Inlet, make_inlets
from eduscope_server.store.schema import migrate

READER_THREADS = 4
"""Questions answered side by side. The engine parallelises each one, so more would only queue inside it."""

QUERY_SECONDS = 30
"""How long a question may take before its asker is told to narrow it."""

QUERY_MEMORY_BYTES = 2 * 1024**3
"""What one question may use; it fails alone, the others go on."""


_ADD_TOKEN_KEY = f"INSERT INTO {DATABASE}.token_key SELECT {{id:String}}, unhex({{key:String}})"


class TokenKey(NamedTuple):
    """The current key of the ring: its id, and the secret the engine makes tokens with."""

    id: str
    key: bytes


class Store:
    """ClickHouse, embedded or at an address. Safe to use from any thread."""

    def __init__(self, engine: Engine, token_key: TokenKey | None, *, schema_folder: Path | None) -> None:
        self._engine = engine
        self._schema_folder = schema_folder
        self._token_key = token_key
        self._readers = ThreadPoolExecutor(READER_THREADS, thread_name_prefix="store-reader")
        self.inlets: dict[str, Inlet] = {}

    @classmethod
    def open(cls, address: str, folder: Path, *, token_key: TokenKey | None = None) -> "Store":
        """Opens the store and brings its schema to this version.

        `address` is a ClickHouse DSN; empty means embedded under `folder`. Without a token key, blocks that
        need a token made are refused. Raises `StoreUnavailable` or `SchemaError`.
        """
        schema_folder = None if address else folder / "format_schemas"
        store = cls(Engine(address, folder), token_key, schema_folder=schema_folder)
        with translated():
            migrate(store._engine.client())
        store.follow_contract()
        store.fill_token_key()
        return store

    def select(
        self,
        sql: str,
        parameters: dict[str, Any] | None = None,
        settings: dict[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Asks and waits. Parameters bind in the engine as `{name:Type}`; times come back aware, in UTC.

        Raises `StoreUnavailable`, `QueryTimeout`, or `UnreadableBlock` for SQL the engine refuses.
        """
        limits = {"max_execution_time": QUERY_SECONDS, "max_memory_usage": QUERY_MEMORY_BYTES}
        with translated():
            result = self._engine.client().query(
                sql, parameters=parameters, settings=limits | (settings or {})
            )
            return list(result.named_results())

    async def fetch(
        self,
        sql: str,
        parameters: dict[str, Any] | None = None,
        settings: dict[str, Any] | None = None,
    ) -> list[dict[str, Any]]:
        """Like `select`, in one of the store's reader threads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self.select, sql, parameters, settings)

    def insert(self, inlet: str, block: bytes) -> None:
        """Inserts one block through an inlet; when it returns, the block is stored whole.

        Raises `StoreUnavailable` (nothing stored, try again) or `UnreadableBlock` (nothing stored, give up).
        """
        into = self.inlets[inlet]
        try:
            with translated():
                self._engine.insert(into.table, block, format_=into.format, settings=into.settings)
        except StoreUnavailable:
            # A restarted server has lost its in-memory key table: fill it again before the next try.
            self.fill_token_key(quiet=True)
            raise

    def follow_contract(self) -> None:
        """Inserts through views of the contract as it is now; to be called after a declaration.

        Inserts under way end as they began.
        """
        with translated():
            self.inlets = make_inlets(self._engine.client(), schema_folder=self._schema_folder)

    def command(self, sql: str, parameters: dict[str, Any] | None = None) -> None:
        """Runs a statement that gives no rows: for migrations, tests, retention and what is derived from records."""
        with translated():
            self._engine.client().command(sql, parameters=parameters)

    def fill_token_key(self, *, quiet: bool = False) -> None:
        """Puts the token key where the views read it: in memory, never in a definition or on disk."""
        if self._token_key is None:
            return
        try:
            with translated():
                client = self._engine.client()
                client.command(f"TRUNCATE TABLE {DATABASE}.token_key")
                client.command(
                    _ADD_TOKEN_KEY,
                    parameters={"id": _checked(self._token_key.id), "key": self._token_key.key.hex()},
                )
        except StoreUnavailable:
            if not quiet:
                raise

    def use_token_key(self, token_key: TokenKey) -> None:
        """Makes tokens with another key from now on. There is a key at every moment: no block is refused meanwhile.

        Raises `StoreUnavailable`; to be called again then.
        """
        self._token_key = token_key
        id_ = {"id": _checked(token_key.id)}
        with translated():
            client = self._engine.client()
            client.command(_ADD_TOKEN_KEY, parameters=id_ | {"key": token_key.key.hex()})
            client.command(
                f"ALTER TABLE {DATABASE}.token_key DELETE WHERE id != {{id:String}}", parameters=id_
            )

    def close(self) -> None:
        """Ends the readers and the engine. Nothing may use the store afterwards."""
        self._readers.shutdown(wait=True)
        self._engine.close()


def _checked(key_id: str) -> str:
    if not re.fullmatch(r"[a-z0-9]{1,8}", key_id):
        raise ValueError("a key id is 1 to 8 of a-z 0-9")
    return key_id
