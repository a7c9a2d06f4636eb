"""Erasures on real databases."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from eduscope.privacy import KeyRing
from eduscope_server.privacy.certificate import Signer
from eduscope_server.privacy.erasure import Erasures
from eduscope_server.state import State
from eduscope_server.store import Store

RING = KeyRing([("k2", b"2" * 32), ("k1", b"1" * 32)])
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def log(**columns: Any) -> dict[str, Any]:
    """A row of `logs`."""
    mandatory = {
        "timestamp": NOW.isoformat(),
        "log_level": "info",
        "service_name": "courses",
        "tenant_id": "school-a",
        "message": "quiz graded",
    }
    return mandatory | columns


def span(**columns: Any) -> dict[str, Any]:
    """A row of `spans`."""
    mandatory = {
        "timestamp": NOW.isoformat(),
        "trace_id": "a" * 32,
        "span_id": "b" * 16,
        "name": "GET /courses/{id}",
        "kind": "server",
        "service_name": "courses",
        "tenant_id": "school-a",
        "duration_ms": 1.0,
        "status": "ok",
    }
    return mandatory | columns


@pytest.fixture
async def erasures(clean_store: Store, state: State, tmp_path: Path) -> AsyncIterator[Erasures]:
    """The platform's erasures, without their rounds."""
    made = Erasures(state, clean_store, Signer.from_file(tmp_path / "certificate-key"), release="1.0.0")
    yield made
    await made.stop()
