"""The platform's web application on real databases, and clients of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from litestar import Litestar, post
from prometheus_client import CollectorRegistry

from eduscope_server.access import Access
from eduscope_server.api import create_app
from eduscope_server.config import Settings
from eduscope_server.state import State
from eduscope_server.store import Store

Client = httpx.AsyncClient
ReaderOf = Callable[[str | None], Awaitable[Client]]


@post("/v1/logs", status_code=200)
async def door() -> dict[str, str]:
    """Stands where the doors are mounted."""
    return {}


@pytest.fixture
async def access(state: State, tmp_path: Path) -> AsyncIterator[Access]:
    """The gate as the platform opens it."""
    opened = await Access.open(state, Settings(data=tmp_path / "data"))
    yield opened
    await opened.close()


@pytest.fixture
def console_folder(tmp_path: Path) -> Path:
    """A console as the build leaves it, and a secret beside it."""
    folder = tmp_path / "console"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>console</title>")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "index-abc.js").write_text("console.log(1)" * 200)
    (tmp_path / "secret.txt").write_text("not for you")
    return folder


@pytest.fixture
def app(clean_store: Store, state: State, access: Access, console_folder: Path) -> Litestar:
    """The web application."""
    return create_app(
        store=clean_store,
        state=state,
        access=access,
        doors=[door],
        registry=CollectorRegistry(),
        console_folder=console_folder,
    )


def client_of(app: Litestar) -> Client:
    """A client that talks to the application in this process."""
    return Client(transport=httpx.ASGITransport(app), base_url="http://eduscope.test")  # type: ignore[arg-type]


@pytest.fixture
async def anyone(app: Litestar) -> AsyncIterator[Client]:
    """A client that says nothing about itself."""
    async with client_of(app) as client:
        yield client


@pytest.fixture
async def reader_of(app: Litestar, access: Access) -> AsyncIterator[ReaderOf]:
    """Makes a client with a reader key: of one tenant, or of all where none is given."""
    async with AsyncExitStack() as stack:

        async def make(tenant_id: str | None) -> Client:
            key, _ = await access.make_key("read", f"reader of {tenant_id}", tenant_id=tenant_id)
            client = await stack.enter_async_context(client_of(app))
            client.headers["authorization"] = f"Bearer {key}"
            return client

        yield make


@pytest.fixture
async def admin(anyone: Client, access: Access) -> Client:
    """A client with the admin token."""
    token = next(first.key for first in access.first_keys if first.kind == "admin")
    anyone.headers["authorization"] = f"Bearer {token}"
    return anyone
