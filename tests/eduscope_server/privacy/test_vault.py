import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from prometheus_client import CollectorRegistry
from tests.eduscope_server.privacy.conftest import RING

from eduscope.privacy import KeyRing, use_ring
from eduscope.privacy.gate import Gate
from eduscope_server.ingest.lanes import Block, Lanes
from eduscope_server.ingest.metrics import IngestMetrics
from eduscope_server.ingest.ndjson import LINES
from eduscope_server.ingest.otlp import TRACES
from eduscope_server.privacy.certificate import Signer
from eduscope_server.privacy.erasure import Erasures
from eduscope_server.privacy.prose import Prose
from eduscope_server.privacy.subjects import subject_of
from eduscope_server.privacy.vault import KeyDestroyed, Revealed, Vault
from eduscope_server.state import State, StateUnavailable
from eduscope_server.store import Store, StoreUnavailable

ASKED = "Why is the sky blue? Mail me at ada@school.example"
KEPT = "Why is the sky blue? Mail me at [EMAIL]"
PURPOSE: dict[str, Any] = {"purpose": "a complaint about the tutor", "by": "officer", "tenants": None}


@pytest.fixture(autouse=True)
def ring() -> Iterator[None]:
    use_ring(RING)
    yield
    use_ring(None)


@pytest.fixture
async def vault(clean_store: Store, state: State) -> Vault:
    """A vault that is on for school-a."""
    clean_store.command("TRUNCATE TABLE eduscope.prose")
    made = Vault(state, clean_store, RING)
    await made.switch("school-a", on=True, reason="agreed with the parents", by="officer")
    return made


@pytest.fixture
async def lanes(clean_store: Store, vault: Vault) -> AsyncIterator[Lanes]:
    made = Lanes(
        clean_store, Gate.compile(), IngestMetrics(CollectorRegistry()), group_bytes=1 << 20, vault=vault
    )
    yield made
    await asyncio.to_thread(made.close)


async def send(lanes: Lanes, **fields: Any) -> None:
    """One line of a learner's, through the lanes."""
    line = {
        "timestamp": "2026-11-23T12:00:00.000000Z",
        "log_level": "info",
        "service_name": "tutor",
        "correlation_id": secrets.token_hex(16),
        "tenant_id": "school-a",
        "user_id": "ada",
        "message": "asked the tutor",
    }
    body = json.dumps(line | {"gen_ai.prompt": ASKED} | fields).encode() + b"\n"
    await lanes.take(LINES, Block(body), project="default", tenant_id=None)


def kept(store: Store) -> list[str]:
    rows = store.select("SELECT attributes['gen_ai.prompt'] AS kept FROM eduscope.logs ORDER BY timestamp")
    return [row["kept"] for row in rows]


def id_of(marker: str) -> str:
    assert marker.startswith("[prose:")
    return marker.removeprefix("[prose:").removesuffix("]")


async def test_a_text_is_redacted_sealed_and_revealed(clean_store: Store, vault: Vault, lanes: Lanes) -> None:
    await send(lanes)
    revealed = await vault.reveal(id_of(kept(clean_store)[0]), **PURPOSE)
    assert revealed is not None
    assert (revealed.text, revealed.field) == (KEPT, "gen_ai.prompt")
    (row,) = clean_store.select("SELECT * FROM eduscope.prose")
    assert "sky blue" not in str(row)
    assert (row["subject"], row["tenant_id"]) == (RING.token("ada"), "school-a")


async def test_without_prose_a_body_may_stay_on_the_express_lane(vault: Vault) -> None:
    assert not vault.concerns(b'{"message": "quiz graded"}')
    assert vault.concerns(b'{"gen_ai.prompt": "Why?"}')


@pytest.mark.parametrize("fields", [{"tenant_id": "school-b"}, {"user_id": ""}, {"tenant_id": ""}], ids=str)
async def test_of_others_it_is_withheld(clean_store: Store, lanes: Lanes, fields: dict[str, str]) -> None:
    await send(lanes, **fields)
    assert kept(clean_store) == ["[withheld:prose]"]
    assert clean_store.select("SELECT * FROM eduscope.prose") == []


async def test_turned_off_it_is_withheld_and_what_was_kept_can_be_read(
    clean_store: Store, vault: Vault, lanes: Lanes
) -> None:
    await send(lanes)
    await vault.switch("school-a", on=False, reason="asked to", by="officer")
    await send(lanes, timestamp="2026-11-23T12:00:01.000000Z")
    first, second = kept(clean_store)
    assert second == "[withheld:prose]"
    assert await vault.reveal(id_of(first), **PURPOSE)


async def test_spans_and_their_events_are_kept_too(clean_store: Store, vault: Vault, lanes: Lanes) -> None:
    request = ExportTraceServiceRequest()
    span = request.resource_spans.add().scope_spans.add().spans.add(name="chat", start_time_unix_nano=1)
    said = {"tenant_id": "school-a", "user_id": "ada", "gen_ai.prompt": ASKED}
    span.attributes.extend(KeyValue(key=k, value=AnyValue(string_value=v)) for k, v in said.items())
    event = span.events.add(name="gen_ai.choice")
    event.attributes.append(KeyValue(key="gen_ai.completion", value=AnyValue(string_value="Rayleigh")))
    await lanes.take(TRACES, Block(request.SerializeToString()), project="default", tenant_id=None)
    (row,) = clean_store.select("SELECT attributes, events.attributes AS events FROM eduscope.spans")
    texts = [row["attributes"]["gen_ai.prompt"], row["events"][0]["gen_ai.completion"]]
    found = [await vault.reveal(id_of(text), **PURPOSE) for text in texts]
    assert [revealed and revealed.text for revealed in found] == [KEPT, "Rayleigh"]


async def test_it_is_on_record_before_it_is_shown(
    clean_store: Store, vault: Vault, lanes: Lanes, state: State
) -> None:
    await send(lanes)
    id_ = id_of(kept(clean_store)[0])

    async def away(_revealed: Revealed, _by: str, _purpose: str) -> None:
        raise StoreUnavailable("away")

    vault.tell = away
    with pytest.raises(StoreUnavailable):
        await vault.reveal(id_, **PURPOSE)
    rows = await state.fetch("SELECT who, did, what, tenant_id, purpose FROM access_log ORDER BY entry_id")
    assert rows[-1] == {
        "who": "officer",
        "did": "reveal prose",
        "what": id_,
        "tenant_id": "school-a",
        "purpose": "a complaint about the tutor",
    }


async def test_another_tenants_officer_finds_nothing(clean_store: Store, vault: Vault, lanes: Lanes) -> None:
    await send(lanes)
    id_ = id_of(kept(clean_store)[0])
    assert await vault.reveal(id_, purpose="curiosity", by="x", tenants=frozenset({"school-b"})) is None
    assert await vault.reveal("0" * 32, **PURPOSE) is None


async def test_erased_nobody_can_read_it_even_from_a_copy_of_the_row(
    clean_store: Store, vault: Vault, lanes: Lanes, state: State
) -> None:
    await send(lanes)
    id_ = id_of(kept(clean_store)[0])
    clean_store.command("CREATE TABLE eduscope.copy ENGINE = Memory AS SELECT * FROM eduscope.prose")
    erasures = Erasures(state, clean_store, Signer.new(), release="1", forget=vault.forget)
    erasure = await erasures.erase(subject_of("ada", RING), reason="asked for", by="officer")
    assert (erasure.keys_destroyed, erasure.found["prose"]) == (1, 1)
    assert await vault.reveal(id_, **PURPOSE) is None
    clean_store.command("INSERT INTO eduscope.prose SELECT * FROM eduscope.copy")
    clean_store.command("DROP TABLE eduscope.copy")
    with pytest.raises(KeyDestroyed):
        await vault.reveal(id_, **PURPOSE)
    # What was under way makes no new key, and is not kept.
    await send(lanes)
    assert await state.fetch("SELECT * FROM subject_keys") == []
    assert len(clean_store.select("SELECT id FROM eduscope.prose")) == 1
    await erasures.stop()


async def test_under_another_ring_nothing_is_read_nothing_kept_and_all_goes_on(
    clean_store: Store, vault: Vault, lanes: Lanes, state: State
) -> None:
    await send(lanes)
    id_ = id_of(kept(clean_store)[0])
    for ring in (KeyRing([("k9", b"9" * 32)]), KeyRing([("k9", b"9" * 32), ("k2", b"8" * 32)])):
        other = Vault(state, clean_store, ring)
        assert await other.rewrap() == 0
        with pytest.raises(StateUnavailable):
            await other.reveal(id_, **PURPOSE)
        text = Prose("f" * 32, "school-a", RING.token("ada"), "feedback.text", "fine", "", "")
        assert await other.seal([text]) == b""


async def test_keys_follow_the_rings_rotation(
    clean_store: Store, vault: Vault, lanes: Lanes, state: State
) -> None:
    await send(lanes)
    rotated = Vault(state, clean_store, RING.rotated("k3"))
    assert (await rotated.rewrap(), await rotated.rewrap()) == (1, 0)
    revealed = await rotated.reveal(id_of(kept(clean_store)[0]), **PURPOSE)
    assert revealed is not None
    assert revealed.text == KEPT
