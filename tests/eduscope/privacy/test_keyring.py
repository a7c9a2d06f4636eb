"""A key ring makes the same token for the same person, and still answers for earlier keys."""

import base64
import hashlib
import hmac
import stat
from pathlib import Path

import pytest

from eduscope.privacy import KeyRing, KeyRingError, default_ring, is_token, tokenize, use_ring

KEY = b"0123456789abcdef0123456789abcdef"
ENCODED = base64.b64encode(KEY).decode()


def test_a_token_is_the_base32_of_an_hmac_over_kind_and_value(ring: KeyRing) -> None:
    digest = hmac.new(KEY, b"usr:ada", hashlib.sha256).digest()
    expected = base64.b32encode(digest).decode().lower()[:26]
    assert tokenize("ada", ring=ring) == f"usr_k1_{expected}"


def test_tokens_of_one_value_differ_by_kind_key_and_value(ring: KeyRing) -> None:
    other = KeyRing([("k1", b"another key of sufficient length")])
    tokens = {
        tokenize("ada", ring=ring),
        tokenize("ada", "und", ring)[4:],
        tokenize("bob", ring=ring),
        tokenize("ada", ring=other),
    }
    assert len(tokens) == 4
    assert tokenize("ada", ring=ring) == tokenize("ada", ring=ring)


@pytest.mark.parametrize("value", ["", "ada", "学生", "x" * 10_000, "\ud800", "a\x00b"])
def test_any_string_has_a_token(ring: KeyRing, value: str) -> None:
    assert is_token(tokenize(value, ring=ring))


@pytest.mark.parametrize(
    "value", ["ada", "usr_k1_", "usr_k1_ABCDEFGHIJKLMNOPQRSTUVWXYZ", "usr_toolongid_" + "a" * 26, ""]
)
def test_other_values_are_no_tokens(value: str) -> None:
    assert not is_token(value)


def test_rotation_changes_new_tokens_and_keeps_the_old_joinable(ring: KeyRing) -> None:
    before = ring.token("ada")
    rotated = ring.rotated("k2")
    assert rotated.current_id == "k2"
    assert rotated.token("ada").startswith("usr_k2_")
    assert rotated.tokens("ada") == (rotated.token("ada"), before)


def test_a_ring_comes_from_the_environment_the_first_key_being_current() -> None:
    ring = KeyRing.from_environment({"EDUSCOPE_TOKEN_KEYS": f"k2:{ENCODED}, k1:{ENCODED}"})
    assert (ring.ids, ring.current_id, ring.ephemeral) == (("k2", "k1"), "k2", False)


def test_without_keys_the_ring_is_random_and_says_so() -> None:
    first, second = KeyRing.from_environment({}), KeyRing.from_environment({"EDUSCOPE_TOKEN_KEYS": " "})
    assert first.ephemeral
    assert first.token("ada") != second.token("ada")


def test_a_ring_survives_being_written_to_a_file_of_its_owner_alone(ring: KeyRing, tmp_path: Path) -> None:
    path = tmp_path / "token.keys"
    rotated = ring.rotated("k2")
    rotated.write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyRing.from_file(path).tokens("ada") == rotated.tokens("ada")


def test_a_file_that_others_can_read_is_refused(ring: KeyRing, tmp_path: Path) -> None:
    path = tmp_path / "token.keys"
    ring.write(path)
    path.chmod(0o640)
    with pytest.raises(KeyRingError, match=r"mode 0640; expected 0600. Run: chmod 600"):
        KeyRing.from_file(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("k1", "without a colon"),
        ("k1:!!!!", "not base64"),
        (f"K-1:{ENCODED}", r"not of the form \[a-z0-9\]"),
        (f"k1:{ENCODED},k1:{ENCODED}", "there twice"),
        ("k1:c2hvcnQ=", "5 bytes; expected at least 16"),
        (",", "empty"),
    ],
)
def test_a_ring_that_cannot_be_used_says_why_without_naming_a_key(text: str, message: str) -> None:
    with pytest.raises(KeyRingError, match=message) as error:
        KeyRing.parse(text)
    assert ENCODED not in str(error.value)


def test_a_ring_does_not_print_its_keys(ring: KeyRing) -> None:
    assert ENCODED not in repr(ring)
    assert "0123" not in repr(ring)


def test_a_known_id_cannot_be_rotated_in_again(ring: KeyRing) -> None:
    with pytest.raises(KeyRingError, match="already has a key 'k1'"):
        ring.rotated("k1")


def test_the_process_has_one_ring_of_its_own(ring: KeyRing, monkeypatch: pytest.MonkeyPatch) -> None:
    use_ring(ring)
    try:
        assert default_ring() is ring
        monkeypatch.setenv("EDUSCOPE_TOKEN_KEYS", f"k9:{ENCODED}")
        use_ring(None)
        assert default_ring().current_id == "k9"
    finally:
        use_ring(None)
