"""Everything a stopped platform kept, as plain bytes: ClickHouse compresses its blocks, PostgreSQL its long values.

    python -m tests.canary.dumping DATA FOLDER

One file per table is written to FOLDER, which is no part of what is searched otherwise. A program of its own: one
embedded engine may live in a process.
"""

import asyncio
import sys
from pathlib import Path

import clickhouse_connect
import psycopg
from psycopg import sql

from eduscope_server.state.embedded import EmbeddedPostgres

_TABLES = """
SELECT database, name FROM system.tables
WHERE engine LIKE '%MergeTree%' OR engine IN ('Log', 'TinyLog', 'StripeLog', 'Memory', 'Join', 'Set')
   OR (database = 'system' AND match(name, '_log(_\\d+)?$'))
"""


def dump_clickhouse(data: Path, into: Path) -> None:
    """Every column of every table, also of the engine's own logs, where it keeps any."""
    client = clickhouse_connect.get_client(interface="chdb", path=str(data))
    for database, name in client.query(_TABLES).result_rows:
        with (into / f"clickhouse.{database}.{name}").open("wb") as file:
            # Binary rows: nothing in them is escaped.
            for part in client.raw_stream(f"SELECT * FROM `{database}`.`{name}`", fmt="RowBinary"):
                file.write(part)
    schema = client.raw_query("SELECT * FROM system.tables WHERE database != 'system'", fmt="RowBinary")
    (into / "clickhouse.definitions").write_bytes(schema)
    client.close()


async def dump_postgres(folder: Path, into: Path) -> None:
    """Every row of every table, as text."""
    server = await EmbeddedPostgres.start(folder)
    try:
        with psycopg.connect(server.address, autocommit=True) as first:
            names = [row[0] for row in first.execute("SELECT datname FROM pg_database WHERE datallowconn")]
        for database in names:
            with psycopg.connect(server.address, dbname=database) as connection:
                tables = connection.execute(
                    "SELECT schemaname, tablename FROM pg_tables WHERE schemaname <> 'information_schema'"
                ).fetchall()
                for schema, table in tables:
                    with (into / f"postgres.{database}.{schema}.{table}").open("wb") as file:
                        whole = sql.SQL("COPY {}.{} TO STDOUT").format(
                            sql.Identifier(schema), sql.Identifier(table)
                        )
                        with connection.cursor().copy(whole) as rows:
                            file.writelines(bytes(row) for row in rows)
    finally:
        await server.stop()


if __name__ == "__main__":
    data_folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    dump_clickhouse(data_folder / "clickhouse", target)
    asyncio.run(dump_postgres(data_folder / "postgres", target))
