"""A real PostgreSQL and a real Redis for the whole session, each on a socket of its own."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
import redis
from tests.servers.postgres import PostgresServer


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A real PostgreSQL."""
    server = PostgresServer(tmp_path_factory.mktemp("postgres") / "postgres")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def address(postgres: PostgresServer) -> str:
    """The address of a database with a table `people`, whose e-mail addresses are unique."""
    found = postgres.new_database()
    with psycopg.connect(found, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE people (id serial PRIMARY KEY, name text, email text UNIQUE, age int CHECK (age > 0))"
        )
    return found


@pytest.fixture
def with_options(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets the database observers run with these options, without starting the SDK."""
    from eduscope.config import load

    def use(**options: Any) -> None:
        config = load({"service": "courses", **options}, environ={})
        for module in ("observation", "repetition", "transaction", "pool"):
            monkeypatch.setattr(f"eduscope.database.{module}.running_config", lambda: config)

    return use


@pytest.fixture(scope="session")
def redis_address() -> Iterator[str]:
    """A Redis server on a socket; skipped where Debian's `redis-server` is not installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed (apt-get install redis-server)")
    with tempfile.TemporaryDirectory(prefix="eduscope-") as folder:
        socket = f"{folder}/redis.sock"
        options = ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder]
        server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
        _wait_for(socket)
        yield f"unix://{socket}"
        server.terminate()
        server.wait(10)


def _wait_for(socket: str) -> None:
    for _ in range(200):
        try:
            with redis.Redis(unix_socket_path=socket) as client:
                client.ping()
            return
        except redis.ConnectionError:
            time.sleep(0.05)
    raise TimeoutError("redis-server did not answer within 10 s")
