"""An open gate on an empty PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from eduscope_server.access import Access
from eduscope_server.config import Settings
from eduscope_server.state import State


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Defaults, on a folder of the test's own."""
    return Settings(data=tmp_path / "data")


@pytest.fixture
async def access(state: State, settings: Settings) -> AsyncIterator[Access]:
    """The gate as the platform opens it."""
    opened = await Access.open(state, settings)
    yield opened
    await opened.close()
