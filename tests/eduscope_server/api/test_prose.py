from collections.abc import AsyncIterator, Iterator

import pytest
from litestar import Litestar
from prometheus_client import CollectorRegistry
from tests.eduscope_server.api.conftest import Client, ReaderOf, client_of

from eduscope.privacy import KeyRing, use_ring
from eduscope_server.access import Access
from eduscope_server.api import create_app
from eduscope_server.privacy.prose import Prose
from eduscope_server.privacy.vault import Vault
from eduscope_server.state import State
from eduscope_server.store import Store

RING = KeyRing([("k1", b"1" * 32)])
ID = "0123456789abcdef0123456789abcdef"
TURN_ON = {"tenant_id": "school-a", "on": True, "reason": "agreed with the parents"}
PURPOSE = {"purpose": "a complaint about the tutor"}


@pytest.fixture
def vault(clean_store: Store, state: State) -> Iterator[Vault]:
    use_ring(RING)
    clean_store.command("TRUNCATE TABLE eduscope.prose")
    yield Vault(state, clean_store, RING)
    use_ring(None)


@pytest.fixture
async def officer(clean_store: Store, state: State, access: Access, vault: Vault) -> AsyncIterator[Client]:
    """An admin, with a vault that has one text."""
    app: Litestar = create_app(
        store=clean_store, state=state, access=access, doors=[], registry=CollectorRegistry(), vault=vault
    )
    token = next(first.key for first in access.first_keys if first.kind == "admin")
    text = Prose(ID, "school-a", RING.token("ada"), "feedback.text", "I liked it", "c" * 32, "")
    clean_store.insert("rows_prose", await vault.seal([text]))
    async with client_of(app) as client:
        client.headers["authorization"] = f"Bearer {token}"
        yield client


async def test_a_vault_is_turned_on_and_off(officer: Client) -> None:
    assert (await officer.get("/api/privacy/vault")).json() == {"tenants": []}
    assert (await officer.put("/api/privacy/vault", json=TURN_ON)).json() == {"tenants": ["school-a"]}
    assert (await officer.put("/api/privacy/vault", json=TURN_ON | {"on": False})).json() == {"tenants": []}


async def test_a_text_is_revealed_for_a_purpose(officer: Client) -> None:
    answer = await officer.post(f"/api/prose/{ID}/reveal", json=PURPOSE)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert (answer.json()["text"], answer.json()["field"]) == ("I liked it", "feedback.text")


@pytest.mark.parametrize("purpose", ["", "because", "  a b c     ", None])
async def test_without_a_purpose_nothing_is(officer: Client, state: State, purpose: str | None) -> None:
    body = {} if purpose is None else {"purpose": purpose}
    assert (await officer.post(f"/api/prose/{ID}/reveal", json=body)).status_code == 400
    assert await state.fetch("SELECT * FROM access_log") == []


async def test_its_key_destroyed_it_is_gone(officer: Client, state: State) -> None:
    await state.execute("DELETE FROM subject_keys")
    assert (await officer.post(f"/api/prose/{ID}/reveal", json=PURPOSE)).status_code == 410


async def test_what_is_not_there(officer: Client) -> None:
    assert (await officer.post("/api/prose/none/reveal", json=PURPOSE)).status_code == 404


async def test_strangers_and_readers_may_not(anyone: Client, reader_of: ReaderOf) -> None:
    for client, status in ((anyone, 401), (await reader_of(None), 403)):
        assert (await client.post(f"/api/prose/{ID}/reveal", json=PURPOSE)).status_code == status
        assert (await client.put("/api/privacy/vault", json=TURN_ON)).status_code == status
