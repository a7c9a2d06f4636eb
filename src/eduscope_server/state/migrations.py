"""Numbered migrations, applied once each, in order, by one process at a time.

A migration that was applied is history: its checksum is kept, and a file that changed since stops start-up,
because two platforms would otherwise believe in two different schemas of the same number.
"""

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files

from psycopg import AsyncConnection

from eduscope_server.state.errors import StateBroken

_FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
# Any constant will do, so long as no other program on the same database uses it: "eduscope" in ASCII, halved.
_LOCK_ID = 0x65647573
_HISTORY_TABLE = """
CREATE TABLE IF NOT EXISTS migrations (
    number     integer PRIMARY KEY,
    name       text NOT NULL,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


@dataclass(frozen=True)
class Migration:
    """One file `NNNN_name.sql`."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read_migrations() -> list[Migration]:
    """The platform's own migrations in order. Raises `StateBroken` if a number is missing or taken twice."""
    found = []
    for file in files("eduscope_server.state").joinpath("migrations").iterdir():
        match = _FILE_NAME.fullmatch(file.name)
        if match:
            found.append(Migration(int(match[1]), match[2], file.read_text(encoding="utf-8")))
    found.sort(key=lambda migration: migration.number)
    numbers = [migration.number for migration in found]
    if numbers != list(range(1, len(found) + 1)):
        raise StateBroken(f"the migrations are numbered {numbers}; expected 1 to {len(found)} without gaps")
    return found


async def migrate(connection: AsyncConnection, migrations: list[Migration]) -> list[int]:
    """Apply what is not applied yet, all of it or nothing, and return the numbers that were.

    Raises `StateBroken` if an applied migration has changed, or the database is ahead of this program.
    """
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK_ID,))
        await connection.execute(_HISTORY_TABLE)
        cursor = await connection.execute("SELECT number, checksum FROM migrations ORDER BY number")
        applied = {int(number): str(checksum) for number, checksum in await cursor.fetchall()}
        _refuse_other_history(applied, migrations)
        pending = [migration for migration in migrations if migration.number not in applied]
        for migration in pending:
            await connection.execute(migration.sql)
            await connection.execute(
                "INSERT INTO migrations (number, name, checksum) VALUES (%s, %s, %s)",
                (migration.number, migration.name, migration.checksum),
            )
    return [migration.number for migration in pending]


def _refuse_other_history(applied: dict[int, str], migrations: list[Migration]) -> None:
    known = {migration.number: migration for migration in migrations}
    for number, checksum in applied.items():
        if number not in known:
            raise StateBroken(
                f"the database has migration {number:04}, this EduScope knows {len(known):04} and less; "
                "start the EduScope that wrote it, or a newer one"
            )
        if known[number].checksum != checksum:
            raise StateBroken(
                f"migration {number:04}_{known[number].name}.sql was changed after it had been applied; "
                "restore the file and put the change into a new migration"
            )
