"""`/api/privacy/epochs`, and questions that name one token of a person."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.eduscope_server.api.conftest import Client, ReaderOf
from tests.eduscope_server.conftest import Rows

from eduscope.privacy import KeyRing, default_ring, use_ring

RING = KeyRing([("k2", b"2" * 32), ("k1", b"1" * 32)])
NEW, OLD = RING.tokens("ada")


@pytest.fixture(autouse=True)
def ring() -> Iterator[None]:
    """A ring that was rotated."""
    before = default_ring()
    use_ring(RING)
    yield
    use_ring(before)


@pytest.fixture(autouse=True)
def records(put_logs: Rows) -> None:
    """One log line of each epoch, and one of somebody else."""
    now = datetime.now(UTC).isoformat()
    for token in (OLD, NEW, RING.token("ben")):
        put_logs({
            "timestamp": now, "log_level": "info", "service_name": "courses", "tenant_id": "north",
            "message": "quiz graded", "user_id": token,
        })  # fmt: skip


async def count(client: Client, query: str) -> int:
    answer = await client.get("/api/logs/count", params={"query": query})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["count"])


async def test_after_the_join_either_token_finds_the_records_of_both(admin: Client) -> None:
    assert await count(admin, f"user_id:{OLD}") == 1
    answer = await admin.post("/api/privacy/epochs", json={"ids": ["ada", "nobody"]})
    assert answer.status_code == 201
    assert answer.json() == {"people": 2, "keys": ["k2", "k1"]}
    for token in (OLD, NEW):
        assert await count(admin, f"user_id:{token}") == 2
        assert await count(admin, f"level:info -user:{token}") == 1
        logs = (await admin.get("/api/logs", params={"query": f"user:{token} quiz"})).json()["logs"]
        assert {log["user_id"] for log in logs} == {OLD, NEW}


async def test_a_reader_may_not_join_anybody(reader_of: ReaderOf) -> None:
    client = await reader_of(None)
    answer = await client.post("/api/privacy/epochs", json={"ids": ["ada"]})
    assert answer.status_code == 403


async def test_too_many_at_once_and_none_are_told(admin: Client) -> None:
    assert (await admin.post("/api/privacy/epochs", json={"ids": ["x"] * 501})).status_code == 400
    assert (await admin.post("/api/privacy/epochs", json={"ids": [""]})).status_code == 400
    assert (await admin.post("/api/privacy/epochs", json={"ids": []})).json()["people"] == 0
