"""Every working key in memory, so that a request costs a hash and a look-up, and PostgreSQL may be away.

A key made or revoked elsewhere (another platform on the same PostgreSQL) is seen after `REFRESH_SECONDS`.
Unknown keys never reach PostgreSQL, so guessing does not load it.
"""

import time
from dataclasses import dataclass

from eduscope_server.access.records import IngestKey
from eduscope_server.access.secrets import Kind, hash_secret
from eduscope_server.state import State, StateUnavailable, load_queries

_QUERIES = load_queries("eduscope_server.access", "queries.sql")

REFRESH_SECONDS = 5.0
# Three missed refreshes: from then on an unknown key may be one that we have not heard of.
STALE_SECONDS = 3 * REFRESH_SECONDS


@dataclass(frozen=True)
class WorkingKey:
    """A key that opens something."""

    kind: Kind
    name: str
    ingest: IngestKey


class KeyCache:
    """The working keys by hash.

    The look-up is by SHA-256 of what the caller sent: how long it takes says nothing about any key.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._keys: dict[bytes, WorkingKey] = {}
        self._used: set[bytes] = set()
        self._refreshed_at = 0.0

    def find(self, key: str) -> WorkingKey | None:
        """The key, or None if there is none such. Raises `StateUnavailable` if that cannot be known now."""
        key_hash = hash_secret(key)
        found = self._keys.get(key_hash)
        if found is not None:
            self._used.add(key_hash)
        elif time.monotonic() - self._refreshed_at > STALE_SECONDS:
            raise StateUnavailable(
                "this key is not known here and PostgreSQL, which may know it, is away; retry"
            )
        return found

    async def refresh(self) -> None:
        """Read the working keys again and write down which were used. Raises `StateUnavailable`."""
        used, self._used = self._used, set()
        try:
            if used:
                await self._state.execute(_QUERIES["note_use"], {"key_hashes": list(used)})
            rows = await self._state.fetch(_QUERIES["working_keys"])
        except StateUnavailable:
            self._used |= used
            raise
        self._keys = {
            bytes(row["key_hash"]): WorkingKey(
                kind=row["kind"],
                name=row["name"],
                ingest=IngestKey(row["project"], row["tenant_id"], tuple(row["origins"])),
            )
            for row in rows
        }
        self._refreshed_at = time.monotonic()
