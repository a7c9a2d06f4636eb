"""A real broker and a real database for the queues."""

import logging
import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest
from tests.conftest import free_port
from tests.servers.postgres import PostgresServer

REDIS = shutil.which("redis-server")


@pytest.fixture(scope="session")
def redis_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A redis-server on loopback, with nothing in it."""
    if REDIS is None:
        pytest.skip("redis-server is not installed (Debian package redis-server)")
    port = free_port()
    folder = tmp_path_factory.mktemp("redis")
    process = subprocess.Popen(
        [REDIS, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 10
    while True:
        try:
            subprocess.run(
                [REDIS.replace("-server", "-cli"), "-p", str(port), "ping"],
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            break
        except subprocess.CalledProcessError:
            assert time.monotonic() < deadline, "redis-server was not ready within 10 s"
            time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def postgres_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of a real PostgreSQL."""
    server = PostgresServer(tmp_path_factory.mktemp("postgres") / "postgres")
    yield server.new_database()
    server.stop()


@pytest.fixture(autouse=True)
def loggers_kept() -> Iterator[None]:
    """Observing an application, and its worker, set levels and handlers of loggers. Afterwards they are as before."""

    def there() -> list[logging.Logger]:
        known = list(logging.root.manager.loggerDict.values())
        return [logging.root, *(logger for logger in known if isinstance(logger, logging.Logger))]

    before = {one: (one.level, one.propagate, one.handlers[:]) for one in there()}
    yield
    for one in there():
        level, one.propagate, one.handlers = before.get(one, (logging.NOTSET, True, []))
        one.setLevel(level)
