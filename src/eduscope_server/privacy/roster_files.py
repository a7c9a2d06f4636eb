"""The sealed rosters of a platform in a folder: one file per tenant, of mode 0600, without a name in clear."""

import logging
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from eduscope.privacy import KeyRing
from eduscope.privacy.errors import PrivacyError, RosterUnreadable
from eduscope.privacy.extra import Found
from eduscope.privacy.plan import Profile
from eduscope.privacy.roster import Person, Roster, people_in, read_sealed, sealed_under, write_sealed

_log = logging.getLogger(__name__)

CSV_BYTES_MAX = 64 << 20
"""A million short lines, or 250,000 of OneRoster with every column."""

PEOPLE_MAX = 500_000
"""Some 600 MB, and twice that while one takes another's place."""

_FILE = re.compile(r"([A-Za-z0-9._-]{1,64})\.roster")


@dataclass(frozen=True)
class Withholding:
    """Stands for a roster that cannot be used: who asks it withholds the text. It fails closed."""

    problem: str
    gate: None = None

    def ranges(self, text: str, profile: Profile) -> list[Found]:
        """Raises RosterUnreadable, always."""
        raise RosterUnreadable(self.problem)


class Built(NamedTuple):
    """A roster in memory, and the people it was built from."""

    roster: Roster
    people: list[Person]


def built(data: bytes) -> Built:
    """The roster of a CSV. Takes seconds. Raises RosterUnreadable with the line, and no value."""
    people = people_in(data, "the roster")
    if len(people) > PEOPLE_MAX:
        raise RosterUnreadable(f"the roster has {len(people)} people; expected at most {PEOPLE_MAX}")
    return Built(Roster(people), people)


class RosterFiles:
    """The folder. Its calls block."""

    def __init__(self, folder: Path, ring: KeyRing) -> None:
        self._folder = folder
        self._ring = ring

    def read_all(self) -> dict[str, Roster | Withholding]:
        """Every tenant's roster; a file that can't be used stops no other.

        What a killed platform had not finished to write is removed.
        """
        for unfinished in (*self._folder.glob("*.next"), *self._folder.glob("*.new")):
            with suppress(OSError):
                unfinished.unlink()
        return {tenant_id: self._read(path) for tenant_id, path in self._all()}

    def use_ring(self, ring: KeyRing) -> None:
        """Uses another ring from now on, and seals under its current key what an earlier one seals."""
        self._ring = ring
        for _, path in self._all():
            try:
                if sealed_under(path) != ring.current_id:
                    write_sealed(path, read_sealed(path, ring), ring)
            except (PrivacyError, OSError, ValueError) as error:
                _log.error("the roster %s is not sealed anew: %s", path.name, _reason(path, error))

    def write(self, tenant_id: str, people: list[Person]) -> None:
        """Seals people beside the tenant's roster; `exchange` puts them in its place."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_sealed(self._next(tenant_id), people, self._ring)

    def exchange(self, tenant_id: str) -> None:
        """Puts what was written in the place of the tenant's roster."""
        self._next(tenant_id).replace(self._file(tenant_id))

    def discard(self, tenant_id: str) -> None:
        """Removes what was written and did not take its place."""
        self._next(tenant_id).unlink(missing_ok=True)

    def remove(self, tenant_id: str) -> None:
        """Removes the tenant's roster."""
        self._file(tenant_id).unlink(missing_ok=True)

    def size_bytes(self, tenant_id: str) -> int:
        """The size of the tenant's file; 0 where there is none."""
        try:
            return self._file(tenant_id).stat().st_size
        except OSError:
            return 0

    def _all(self) -> list[tuple[str, Path]]:
        """Every tenant that has a file."""
        found = ((_FILE.fullmatch(path.name), path) for path in sorted(self._folder.glob("*.roster")))
        return [(name[1], path) for name, path in found if name]

    def _read(self, path: Path) -> Roster | Withholding:
        try:
            people = read_sealed(path, self._ring)
            if sealed_under(path) != self._ring.current_id:  # so that a key can leave the ring some day
                write_sealed(path, people, self._ring)
            return Roster(people)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one file, the others are read
            return Withholding(_reason(path, error))

    def _file(self, tenant_id: str) -> Path:
        return self._folder / f"{tenant_id}.roster"

    def _next(self, tenant_id: str) -> Path:
        return self._folder / f"{tenant_id}.next"


def _reason(path: Path, error: Exception) -> str:
    """Why a file can't be used. Of most errors the type alone: their texts may quote what they read."""
    if isinstance(error, PrivacyError):
        return str(error)
    said = error.strerror if isinstance(error, OSError) else ""
    return f"{path.name} cannot be read ({said or type(error).__name__})"
