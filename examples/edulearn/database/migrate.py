"""Creates the database, brings its schema up to date, and installs the queue."""

from pathlib import Path

import psycopg
from procrastinate import App, PsycopgConnector
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as every EduLearn uses the same.
ADVISORY_LOCK = 4_500_001


def create_database(address: str) -> None:
    """Creates the database that the address names, unless it exists."""
    name = str(conninfo_to_dict(address)["dbname"])
    with psycopg.connect(make_conninfo(address, dbname="postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def migrate(address: str) -> list[str]:
    """Applies the migrations that are missing, in order, each in its own transaction; their names."""
    applied = []
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        connection.execute("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY)")
        done = {row[0] for row in connection.execute("SELECT name FROM migrations")}
        for path in sorted(MIGRATIONS.glob("*.sql")):
            if path.stem in done:
                continue
            with connection.transaction():
                connection.execute(path.read_bytes())
                connection.execute("INSERT INTO migrations VALUES (%s)", [path.stem])
            applied.append(path.stem)
    return applied


def install_queue(address: str) -> None:
    """Creates procrastinate's own tables, unless they exist."""
    with psycopg.connect(address) as connection:
        found = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
    if found is not None and found[0] is not None:
        return
    with App(connector=PsycopgConnector(conninfo=address)).open() as app:
        app.schema_manager.apply_schema()
