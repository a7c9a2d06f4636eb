"""The shape of keys: easy to find in a leak, impossible to guess, never shown whole."""

import pytest

from eduscope_server.access import KEY_PATTERN, is_key, make_key
from eduscope_server.access.secrets import Kind, key_start


@pytest.mark.parametrize("kind", ["admin", "ingest", "read"])
def test_a_made_key_is_one_by_shape_and_checksum(kind: Kind) -> None:
    key = make_key(kind)
    assert key.startswith(f"esk_{kind}_")
    assert is_key(key)


def test_a_scanner_finds_a_key_in_a_file() -> None:
    key = make_key("ingest")
    assert KEY_PATTERN.findall(f'EDUSCOPE_INGEST_KEY="{key}" # oops') == [key]


def test_a_look_alike_is_told_apart_by_its_checksum() -> None:
    key = make_key("ingest")
    other = key[:20] + ("A" if key[20] != "A" else "B") + key[21:]
    assert KEY_PATTERN.fullmatch(other)
    assert not is_key(other)


@pytest.mark.parametrize("text", ["", "esk_ingest_", "secret", "esk_other_" + "0" * 38])
def test_other_text_is_no_key(text: str) -> None:
    assert not is_key(text)


def test_keys_differ() -> None:
    assert len({make_key("read") for _ in range(1000)}) == 1000


def test_a_list_shows_the_beginning_of_our_keys_and_nothing_of_chosen_ones() -> None:
    key = make_key("ingest")
    assert key_start(key) == f"{key[:15]}…"
    assert key_start("chosen-by-someone") == "…"
