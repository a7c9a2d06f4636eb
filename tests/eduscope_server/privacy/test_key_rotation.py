"""A ring that is replaced while the platform runs: in use everywhere, and the old one where it cannot be."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ndjson import log_line

from eduscope.privacy import KeyRing, default_ring, use_ring
from eduscope_server.ingest.ndjson import LINES
from eduscope_server.privacy.key_rotation import KeyRotation, key_source
from eduscope_server.privacy.prose import Prose
from eduscope_server.privacy.subjects import subject_of
from eduscope_server.privacy.vault import Vault
from eduscope_server.state import State, StateUnavailable
from eduscope_server.store import Store, TokenKey

OLD = KeyRing([("k1", b"0" * 32)])
NEW = OLD.rotated("k2", b"2" * 32)


@pytest.fixture(autouse=True)
def old_ring(clean_store: Store) -> Iterator[None]:
    """The old ring in the process and in the engine, before and afterwards."""
    before = default_ring()
    use_ring(OLD)
    yield
    use_ring(before)
    clean_store.use_token_key(TokenKey("k1", OLD.key()))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A key file with the old ring."""
    path = tmp_path / "token-keys"
    OLD.write(path)
    return path


async def use(ring: KeyRing) -> None:
    use_ring(ring)


def put(file: Path, content: str) -> None:
    file.write_text(content)


def rotation(file: Path, *parts: object) -> KeyRotation:
    source = key_source(token_keys="", file=file, may_make=False)
    return KeyRotation(source, source.ring(), *parts)  # type: ignore[arg-type]


async def test_engine_process_and_vault_take_the_new_ring(
    file: Path, clean_store: Store, state: State
) -> None:
    vault = Vault(state, clean_store, OLD)
    text = Prose("p" * 32, "school-a", OLD.token("ada"), "gen_ai.prompt", "why?", "", "", "standard")
    clean_store.insert("rows_prose", await vault.seal([text]))

    async def give_engine(ring: KeyRing) -> None:
        clean_store.use_token_key(TokenKey(ring.current_id, ring.key()))

    keys = rotation(file, give_engine, use, vault.use_ring)
    assert not await keys.look()
    line = log_line(user_id="ada", favourite="teal")
    send_both_ways(clean_store, line)
    NEW.write(file)
    assert await keys.look()
    send_both_ways(clean_store, line)
    rows = clean_store.select(
        "SELECT user_id, attributes['favourite'] AS f FROM eduscope.logs ORDER BY user_id"
    )
    assert [row["user_id"] for row in rows] == [OLD.token("ada")] * 2 + [NEW.token("ada")] * 2
    assert [row["f"] for row in rows] == [OLD.token("teal", "und")] * 2 + [NEW.token("teal", "und")] * 2
    assert {OLD.token("ada"), NEW.token("ada")} <= set(subject_of("ada", default_ring()).tokens)
    (kept,) = await state.fetch("SELECT key_id FROM subject_keys")
    assert kept["key_id"] == "k2"
    revealed = await vault.reveal("p" * 32, purpose="a complaint", by="vera", tenants=None)
    assert revealed is not None
    assert revealed.text == "why?"


def send_both_ways(store: Store, line: bytes) -> None:
    """By the express lane, where the engine makes tokens, and by the inspection lane, where Python does."""
    store.insert("ndjson", line)
    store.insert(LINES.rows_inlet, b"\n".join(LINES.rows(line, None, None)) + b"\n")


@pytest.mark.parametrize("broken", ["", "k2:short", f"k1:{'eHh4' * 8}"])
async def test_a_broken_file_keeps_the_ring_and_is_told_once(
    file: Path, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    keys = rotation(file, use)
    put(file, broken)
    assert [await keys.look(), await keys.look()] == [False, False]
    assert default_ring().ids == ("k1",)
    (told,) = caplog.messages
    assert told.startswith("key ring k1 stays in use: ")
    assert "eHh4" not in json.dumps(caplog.messages)
    NEW.write(file)
    assert await keys.look()
    assert default_ring().ids == ("k2", "k1")


async def test_a_part_that_is_away_takes_the_ring_with_a_later_look(file: Path) -> None:
    is_away = True

    async def part(ring: KeyRing) -> None:
        if is_away:
            raise StateUnavailable("PostgreSQL does not answer")

    keys = rotation(file, use, part)
    NEW.write(file)
    assert not await keys.look()
    is_away = False
    assert await keys.look()
    assert keys.ring.ids == ("k2", "k1")


async def test_a_ring_that_has_lost_a_key_is_used_and_said(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keys = rotation(file, use)
    KeyRing([("k9", b"9" * 32)]).write(file)
    assert await keys.look()
    assert "key ring has lost k1" in caplog.text


def test_the_first_start_makes_a_ring_and_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    made = key_source(token_keys="", file=tmp_path / "token-keys", may_make=True).ring()
    again = key_source(token_keys="", file=tmp_path / "token-keys", may_make=True).ring()
    assert made.serialised() == again.serialised()
    with pytest.raises(Exception, match="cannot be read: No such file"):
        key_source(token_keys="", file=tmp_path / "none", may_make=False).ring()
