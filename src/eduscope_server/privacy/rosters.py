"""The rosters of a platform: whose people are looked for, and by which patterns of numbers.

PostgreSQL says whose roster there must be, and keeps the patterns; the people are in sealed files. Where a roster must
be and cannot be used, the tenant's texts are withheld until it is loaded again: it fails closed.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from eduscope.privacy import KeyRing, OwnNumbers, PatternRefused, tenants
from eduscope.privacy.gate import GatePattern, Scanner
from eduscope.privacy.roster import Roster
from eduscope_server.privacy.roster_files import RosterFiles, Withholding, built
from eduscope_server.state import State, StateUnavailable, load_queries

_log = logging.getLogger(__name__)
_QUERIES = load_queries("eduscope_server.privacy", "rosters.sql")


@dataclass(frozen=True)
class Held:
    """What the platform has of one tenant; never who."""

    tenant_id: str
    people: int = 0
    loaded_at: datetime | None = None
    size_bytes: int = 0
    numbers: tuple[str, ...] = ()
    problem: str = ""
    """Why its roster can't be used, and its texts are withheld."""


class Rosters:
    """Each tenant's roster and numbers. Used from the event loop; what takes long is done in a thread."""

    def __init__(self, state: State, files: RosterFiles) -> None:
        self._state = state
        self._files = files
        self._rosters: dict[str, Roster | Withholding] = {}
        self._numbers: dict[str, OwnNumbers | Withholding] = {}
        # One at a time: two rosters that are built at once would hold twice the memory.
        self._changing = asyncio.Lock()

    async def start(self, found: Mapping[str, Roster | Withholding]) -> None:
        """Puts to work what `RosterFiles.read_all` found. Raises `StateUnavailable`.

        To be called before anything is taken in: no text may be looked at without the roster that its tenant has.
        """
        self._rosters = dict(found)
        for row in await self._state.fetch(_QUERIES["kept"]):
            tenant_id = row["tenant_id"]
            if row["roster_people"] is not None and tenant_id not in self._rosters:
                self._rosters[tenant_id] = Withholding(f"{tenant_id}.roster is not there")
            if row["own_numbers"]:
                self._numbers[tenant_id] = _numbers(row["own_numbers"])
        for tenant_id in {*self._rosters, *self._numbers}:
            self._use(tenant_id)
            if problem := self._problem(tenant_id):
                _log.error(
                    "the roster of %s cannot be used: %s. Its texts are withheld until it is loaded again "
                    "(eduscope privacy roster load), or removed",
                    tenant_id,
                    problem,
                )

    def stop(self) -> None:
        """Looks for nobody any more."""
        for tenant_id in {*self._rosters, *self._numbers}:
            tenants.use(tenant_id)

    async def list(self) -> list[Held]:
        """What the platform has, by tenant. Raises `StateUnavailable`."""
        rows = {row["tenant_id"]: row for row in await self._state.fetch(_QUERIES["kept"])}
        return [
            await self._held(tenant_id, rows.get(tenant_id, {}).get("roster_loaded_at"))
            for tenant_id in sorted({*rows, *self._rosters, *self._numbers})
        ]

    async def load(self, tenant_id: str, data: bytes, *, reason: str, by: str) -> Held:
        """Puts the people of a CSV in the place of the tenant's roster, on record.

        1. The CSV is read and the roster built, beside the event loop; the old one goes on. Raises RosterUnreadable.
        2. The people are sealed on disk beside the old file.
        3. PostgreSQL has who did it, and the file takes its place. Raises `StateUnavailable`.
        4. The next text is looked at with the new roster.
        """
        async with self._changing:
            roster, people = await asyncio.to_thread(built, data)
            entry = _entry(tenant_id, "load a roster", f"{roster.people} people", by=by, reason=reason)
            wanted = {"tenant_id": tenant_id, "people": roster.people}
            try:
                await asyncio.to_thread(self._files.write, tenant_id, people)
                async with self._state.transaction() as connection:
                    row = await (await connection.execute(_QUERIES["set_roster"], wanted)).fetchone()
                    await connection.execute(_QUERIES["note_audit"], entry)
                    # Before it is committed: of a roster that PostgreSQL knows there must be a file.
                    self._files.exchange(tenant_id)
            except OSError as error:
                raise StateUnavailable(f"the roster cannot be written ({error.strerror})") from error
            finally:
                self._files.discard(tenant_id)
            self._rosters[tenant_id] = roster
            self._use(tenant_id)
        return await self._held(tenant_id, row["roster_loaded_at"] if row else None)

    async def remove(self, tenant_id: str, *, reason: str, by: str) -> bool:
        """Removes a tenant's roster, on record; its numbers stay. False where there is none."""
        async with self._changing:
            if tenant_id not in self._rosters:
                return False
            async with self._state.transaction() as connection:
                await connection.execute(_QUERIES["remove_roster"], {"tenant_id": tenant_id})
                entry = _entry(tenant_id, "remove a roster", "the roster", by=by, reason=reason)
                await connection.execute(_QUERIES["note_audit"], entry)
                self._files.remove(tenant_id)
            del self._rosters[tenant_id]
            self._use(tenant_id)
        return True

    async def set_numbers(self, tenant_id: str, patterns: Sequence[str], *, reason: str, by: str) -> None:
        """Makes these the patterns of a tenant's own numbers, on record; none removes them. Raises PatternRefused."""
        async with self._changing:
            numbers = await asyncio.to_thread(_checked, patterns) if patterns else None
            did = "set a tenant's own numbers"
            entry = _entry(tenant_id, did, f"{len(patterns)} patterns", by=by, reason=reason)
            wanted = {"tenant_id": tenant_id, "patterns": list(patterns)}
            async with self._state.transaction() as connection:
                await connection.execute(_QUERIES["set_numbers"], wanted)
                await connection.execute(_QUERIES["note_audit"], entry)
            self._numbers.pop(tenant_id, None)
            if numbers:
                self._numbers[tenant_id] = numbers
            self._use(tenant_id)

    async def use_ring(self, ring: KeyRing) -> None:
        """Seals every roster under another ring's current key."""
        async with self._changing:
            await asyncio.to_thread(self._files.use_ring, ring)

    def _use(self, tenant_id: str) -> None:
        """The next text of the tenant is looked at with what there is now."""
        finders = (self._rosters.get(tenant_id), self._numbers.get(tenant_id))
        tenants.use(tenant_id, *(finder for finder in finders if finder is not None))

    async def _held(self, tenant_id: str, loaded_at: datetime | None) -> Held:
        roster, numbers = self._rosters.get(tenant_id), self._numbers.get(tenant_id)
        return Held(
            tenant_id=tenant_id,
            people=roster.people if isinstance(roster, Roster) else 0,
            loaded_at=loaded_at,
            size_bytes=await asyncio.to_thread(self._files.size_bytes, tenant_id),
            numbers=numbers.patterns if isinstance(numbers, OwnNumbers) else (),
            problem=self._problem(tenant_id),
        )

    def _problem(self, tenant_id: str) -> str:
        finders = (self._rosters.get(tenant_id), self._numbers.get(tenant_id))
        return "; ".join(finder.problem for finder in finders if isinstance(finder, Withholding))


def _entry(tenant_id: str, did: str, what: str, *, by: str, reason: str) -> dict[str, str]:
    """What the access log has of a change."""
    return {"who": by, "did": did, "what": what, "tenant_id": tenant_id, "purpose": reason}


def _numbers(patterns: Sequence[str]) -> OwnNumbers | Withholding:
    """Patterns kept by an earlier version; one that is not taken any more withholds."""
    try:
        return OwnNumbers(patterns)
    except PatternRefused as error:
        return Withholding(str(error))


def _checked(patterns: Sequence[str]) -> OwnNumbers:
    """Patterns that the gate can scan for, too: one that it can't compile would stop everybody's records."""
    numbers = OwnNumbers(patterns)
    try:
        Scanner.compile([GatePattern("tenant", pattern) for pattern in numbers.gate])
    except Exception as error:  # noqa: BLE001 - Hyperscan's own type is known only where it is installed
        raise PatternRefused(
            f"The patterns cannot be scanned for ({type(error).__name__}: {error})"
        ) from None
    return numbers
