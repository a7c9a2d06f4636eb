"""The prose vault: learners' text, off by default, sealed per person, read only for a purpose and on record.

PostgreSQL has the switch of each tenant and the wrapped keys, ClickHouse the sealed texts. Destroying a person's key
makes every text of theirs noise, in every copy of the store.
"""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from eduscope.privacy import KeyRing
from eduscope_server.privacy.prose import Desk, Prose, prose_names
from eduscope_server.privacy.sealing import CannotOpen, Place, WrappedKey, new_key, seal, unseal, unwrap, wrap
from eduscope_server.privacy.subjects import Subject
from eduscope_server.recurring import Recurring
from eduscope_server.state import State, StateUnavailable, load_queries
from eduscope_server.store import Store

_log = logging.getLogger(__name__)
_QUERIES = load_queries("eduscope_server.privacy", "vault.sql")
_FIND = """SELECT tenant_id, subject, field, sealed, correlation_id, received_at
FROM eduscope.prose WHERE id = {id:String} LIMIT 1"""

REFRESH_SECONDS = 5.0
CACHED_KEYS_MAX = 20_000
"""People who write at a time; some 5 MB. Keys are cached for sealing alone: opening always asks PostgreSQL, so that a
key that was destroyed, at whichever platform, opens nothing any more."""

Tell = Callable[["Revealed", str, str], Awaitable[None]]
"""Keeps on record that a text was revealed: which, by whom, for what purpose. Raises where it can't."""


class KeyDestroyed(Exception):
    """The text is there, and nobody can read it any more: its person was erased."""


@dataclass(frozen=True)
class Revealed:
    """A text in clear, and where it belongs."""

    id: str
    tenant_id: str
    field: str
    text: str
    correlation_id: str
    received_at: datetime


async def _tell_nobody(_revealed: Revealed, _by: str, _purpose: str) -> None:
    """Where there is no store to tell."""


class Vault:
    """The vault of a platform. Used from the event loop."""

    def __init__(self, state: State, store: Store, ring: KeyRing) -> None:
        self._state = state
        self._store = store
        self._ring = ring
        self.tell: Tell = _tell_nobody
        self.tenants: frozenset[str] = frozenset()
        """Those whose vault is on."""
        self._names: frozenset[str] = frozenset()
        self._names_sent: tuple[bytes, ...] = ()
        self._keys: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._refreshing = Recurring(
            self.refresh,
            name="refresh the vault's tenants",
            pause_seconds=REFRESH_SECONDS,
            away=(StateUnavailable,),
        )

    async def start(self) -> None:
        """Learns whose vault is on, wraps old keys anew, and follows until `stop`. Raises `StateUnavailable`."""
        await self.refresh()
        await self.rewrap()
        self._refreshing.start()

    async def stop(self) -> None:
        """Follows no more."""
        await self._refreshing.stop()

    async def refresh(self) -> None:
        """Reads whose vault is on; a switch at another platform is followed after `REFRESH_SECONDS`."""
        rows = await self._state.fetch(_QUERIES["vault_tenants"])
        self.tenants = frozenset(row["tenant_id"] for row in rows)
        self._names = prose_names()
        self._names_sent = tuple(name.encode() for name in sorted(self._names))

    async def switch(self, tenant_id: str, *, on: bool, reason: str, by: str) -> None:
        """Turns a tenant's vault on or off, on record. What was kept before stays as it is."""
        async with self._state.transaction() as connection:
            await connection.execute(_QUERIES["switch"], {"tenant_id": tenant_id, "on": on})
            await connection.execute(
                _QUERIES["note_audit"],
                {
                    "who": by,
                    "did": f"turn the prose vault {'on' if on else 'off'}",
                    "what": "the prose vault",
                    "tenant_id": tenant_id,
                    "purpose": reason,
                },
            )
        await self.refresh()

    def concerns(self, body: bytes) -> bool:
        """Whether a body may hold learners' text of a tenant whose vault is on. A name is looked for, as it is sent."""
        return bool(self.tenants) and any(name in body for name in self._names_sent)

    def desk(self) -> Desk | None:
        """Where the texts of one body are taken; None where no vault is on."""
        return Desk(self.tenants, self._names) if self.tenants else None

    async def seal(self, texts: Collection[Prose]) -> bytes:
        """The rows of `prose` for texts; those of erased people are left out. Raises `StateUnavailable`."""
        keys = await self._keys_of({(text.tenant_id, text.subject) for text in texts})
        rows = [
            {
                "id": text.id,
                "tenant_id": text.tenant_id,
                "subject": text.subject,
                "field": text.field,
                "sealed": seal(text.text, Place(text.tenant_id, text.subject, text.field, text.id), key),
                "key_id": self._ring.current_id,
                "correlation_id": text.correlation_id,
                "trace_id": text.trace_id,
                "retention": text.retention,
            }
            for text in texts
            if (key := keys.get((text.tenant_id, text.subject))) is not None
        ]
        return msgspec.json.Encoder().encode_lines(rows) if rows else b""

    async def reveal(
        self, id_: str, *, purpose: str, by: str, tenants: frozenset[str] | None
    ) -> Revealed | None:
        """A text in clear, for a stated purpose; None where there is none that these tenants may see.

        1. The access log has it. Where it can't, nothing is revealed: `StateUnavailable`.
        2. The key is read, and the text opened. `KeyDestroyed` where the person was erased.
        3. The store has a line that tells of it; only then the text is given. `StoreUnavailable` where it can't.
        """
        found = await self._store.fetch(_FIND, {"id": id_})
        if not found or (tenants is not None and found[0]["tenant_id"] not in tenants):
            return None
        row = found[0]
        person = (row["tenant_id"], row["subject"])
        await self._state.execute(
            _QUERIES["note_audit"],
            {
                "who": by,
                "did": "reveal prose",
                "what": id_,
                "tenant_id": row["tenant_id"],
                "purpose": purpose,
            },
        )
        wrapped = (await self._read_keys([person])).get(person)
        if wrapped is None:
            raise KeyDestroyed
        try:
            key = unwrap(wrapped, *person, self._ring)
        except CannotOpen as error:
            raise StateUnavailable(str(error)) from error
        revealed = Revealed(
            id=id_,
            tenant_id=row["tenant_id"],
            field=row["field"],
            text=unseal(row["sealed"], Place(*person, row["field"], id_), key),
            correlation_id=row["correlation_id"],
            received_at=row["received_at"],
        )
        await self.tell(revealed, by, purpose)
        return revealed

    def forget(self, subject: Subject) -> None:
        """Drops a person's keys from memory."""
        for tenant_id, token in list(self._keys):
            if token in subject.tokens and subject.tenant_id in {None, tenant_id}:
                del self._keys[tenant_id, token]

    async def use_ring(self, ring: KeyRing) -> None:
        """Wraps new keys under another ring's current key, and old ones anew. Raises `StateUnavailable`."""
        self._ring = ring
        await self.rewrap()

    async def rewrap(self) -> int:
        """Wraps keys under the ring's current key that an earlier one wraps; how many. The texts stay as they are.

        It ends at a key that cannot be unwrapped, which only a person can mend: the platform must start all the same.
        """
        done = 0
        old = {"key_id": self._ring.current_id, "known": list(self._ring.ids)}
        while rows := await self._state.fetch(_QUERIES["old_keys"], old):
            for row in rows:
                person = (row["tenant_id"], row["subject"])
                kept = WrappedKey(row["key_id"], bytes(row["wrapped_key"]))
                try:
                    key = unwrap(kept, *person, self._ring)
                except CannotOpen as error:
                    _log.error("keys of prose were not wrapped anew: %s", error)
                    return done
                again = wrap(key, *person, self._ring)
                changed = {"key_id": again.key_id, "wrapped": again.wrapped, "old_key_id": row["key_id"]}
                await self._state.execute(
                    _QUERIES["rewrap"], changed | {"tenant_id": person[0], "subject": person[1]}
                )
                done += 1
        return done

    async def _keys_of(self, people: Collection[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        """The data keys of people, made where they have none."""
        known = {person: self._keys[person] for person in people if person in self._keys}
        missing = [person for person in people if person not in known]
        if missing:
            known |= await self._make_keys(missing)
        for person in known:
            self._keys[person] = known[person]
            self._keys.move_to_end(person)
        while len(self._keys) > CACHED_KEYS_MAX:
            self._keys.popitem(last=False)
        return known

    async def _make_keys(self, people: list[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        wrapped = [wrap(new_key(), *person, self._ring) for person in people]
        wanted = _columns(people) | {
            "key_ids": [key.key_id for key in wrapped],
            "wrapped": [key.wrapped for key in wrapped],
        }
        async with self._state.transaction() as connection:
            await connection.execute(_QUERIES["lock"])
            await connection.execute(_QUERIES["add_keys"], wanted)
        keys: dict[tuple[str, str], bytes] = {}
        for person, kept in (await self._read_keys(people)).items():
            try:
                keys[person] = unwrap(kept, *person, self._ring)
            except CannotOpen as error:
                # Their text is not kept. To refuse their records for it would lose more, and help nobody.
                _log.error("prose is not kept: %s", error)
        return keys

    async def _read_keys(self, people: list[tuple[str, str]]) -> dict[tuple[str, str], WrappedKey]:
        rows = await self._state.fetch(_QUERIES["read_keys"], _columns(people))
        return {
            (row["tenant_id"], row["subject"]): WrappedKey(row["key_id"], bytes(row["wrapped_key"]))
            for row in rows
        }


def _columns(people: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    listed = list(people)
    return {"tenant_ids": [tenant_id for tenant_id, _ in listed], "subjects": [token for _, token in listed]}
