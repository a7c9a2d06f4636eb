"""EduLearn's own PostgreSQL, seeded, and its services in this process."""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from fastapi import FastAPI

import eduscope.testing
from edulearn.database import embedded
from edulearn.database.migrate import create_database, install_queue, migrate
from edulearn.database.seed import seed
from edulearn.launch.leash import PARENT_VARIABLE
from edulearn.services.caller import Caller
from edulearn.services.serve import instrumented
from edulearn.settings import HTTP_SERVICES, Settings
from eduscope.http.httpx import instrument

START_SECONDS = 60
SCHOOL = "riverside-school"
OTHER_SCHOOL = "hillcrest-school"


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A running, seeded PostgreSQL in a folder of its own."""
    data = tmp_path_factory.mktemp("edulearn")
    ports = dict.fromkeys(HTTP_SERVICES, 1)
    settings = Settings(data=data, postgres=embedded.address(data), ports=ports)
    with (data / "postgres.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "edulearn", "service", "postgres"],
            env={**os.environ, **settings.to_environment(), PARENT_VARIABLE: str(os.getpid())},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    deadline = time.monotonic() + START_SECONDS
    while not embedded.is_ready(data):
        assert server.poll() is None, (data / "postgres.log").read_text()
        assert time.monotonic() < deadline, f"PostgreSQL was not ready within {START_SECONDS} s"
        time.sleep(0.05)
    create_database(settings.postgres)
    migrate(settings.postgres)
    install_queue(settings.postgres)
    seed(settings.postgres)
    yield settings
    server.terminate()
    server.wait(START_SECONDS)


@pytest.fixture
def settings(installation: Settings, tmp_path: Path) -> Settings:
    """The installation, with chaos switches of the test's own."""
    return Settings(data=tmp_path, postgres=installation.postgres, ports=installation.ports)


def a_learner(settings: Settings, tenant_id: str) -> Caller:
    """A learner of the tenant who takes at least one course."""
    with psycopg.connect(settings.postgres) as connection:
        row = connection.execute(
            "SELECT learner_id FROM learners JOIN enrolments USING (learner_id) WHERE tenant_id = %s LIMIT 1",
            [tenant_id],
        ).fetchone()
    assert row is not None
    return Caller(tenant_id, row[0])


@pytest.fixture
def student(settings: Settings) -> Caller:
    """A learner of a school."""
    return a_learner(settings, SCHOOL)


@pytest.fixture
def stranger(settings: Settings) -> Caller:
    """A learner of another school."""
    return a_learner(settings, OTHER_SCHOOL)


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an asynchronous service as it is served, without the network."""
    transport = httpx.ASGITransport(app=instrumented(app), raise_app_exceptions=False)
    async with app.router.lifespan_context(app):
        client = httpx.AsyncClient(transport=transport, base_url="http://service")
        async with instrument(client):
            yield client


@pytest.fixture
def seen() -> Iterator[eduscope.testing.Captured]:
    """Everything the services record during the test."""
    with eduscope.testing.capture(service="edulearn") as captured:
        yield captured
