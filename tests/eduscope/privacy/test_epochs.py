"""Keys are exchanged without downtime: whoever is met again is linked; research codes can be destroyed."""

import base64
from pathlib import Path

import pytest

from eduscope.privacy import KeyRing, KeyRingError, PrivacyError, is_token, network
from eduscope.privacy.addresses import NetworkBits, use_network_bits
from eduscope.privacy.epochs import Epochs
from eduscope.privacy.key_source import EnvironmentKeys, FileKeys, KeySource, WrappedKeys
from eduscope.privacy.pseudonyms import Pseudonyms, PseudonymsDestroyed


def test_tokens_of_two_epochs_are_joined_once_the_value_is_met_again(ring: KeyRing) -> None:
    before, stranger = ring.token("ada"), ring.token("grace")
    rotated = ring.rotated("k2")
    epochs = Epochs(rotated)
    assert epochs.of(before) == (before,)
    current = epochs.see("ada")
    assert epochs.of(before) == epochs.of(current) == (current, before) == rotated.tokens("ada")
    assert epochs.of(stranger) == (stranger,)
    kept = Epochs(rotated)
    for token, earlier in epochs.links().items():
        kept.link(token, earlier)
    assert kept.of(before) == (current, before)
    assert "ada" not in str(epochs.links())


def test_a_key_file_that_is_replaced_gives_its_new_ring(ring: KeyRing, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    ring.write(path)
    source: KeySource = FileKeys(path)
    first = source.ring()
    assert source.ring() is first
    ring.rotated("k2").write(path)
    assert source.ring().current_id == "k2"
    assert source.ring().tokens("ada")[1] == first.token("ada")


def test_a_key_file_that_is_missing_says_so(tmp_path: Path) -> None:
    with pytest.raises(KeyRingError, match="cannot be read: No such file"):
        FileKeys(tmp_path / "none").ring()


def test_a_key_service_opens_a_wrapped_ring_and_its_words_are_not_repeated(ring: KeyRing) -> None:
    def turned(data: bytes) -> bytes:
        return data[::-1]

    def refusing(data: bytes) -> bytes:
        raise PermissionError(f"may not open {data!r}")

    wrapped = base64.b64encode(turned(ring.serialised().encode())).decode()
    assert WrappedKeys(wrapped, turned).ring().token("ada") == ring.token("ada")
    with pytest.raises(KeyRingError, match=r"did not open the ring: PermissionError$"):
        WrappedKeys(wrapped, refusing).ring()


def test_the_environment_is_a_source_too(ring: KeyRing) -> None:
    assert EnvironmentKeys({"EDUSCOPE_TOKEN_KEYS": ring.serialised()}).ring().current_id == "k1"


def test_codes_of_an_export_are_drawn_and_end_with_their_table(tmp_path: Path) -> None:
    path = tmp_path / "study.json"
    study, other = Pseudonyms("study 7"), Pseudonyms("study 8")
    code = study.code("usr_k1_a")
    assert code == study.code("usr_k1_a") != study.code("usr_k1_b")
    assert other.code("usr_k1_a") != code
    assert not is_token(code)
    study.write(path)
    assert path.stat().st_mode & 0o077 == 0
    assert (Pseudonyms.read(path).code("usr_k1_a"), len(Pseudonyms.read(path))) == (code, 2)
    study.destroy(path)
    assert not path.exists()
    with pytest.raises(PseudonymsDestroyed, match="'study 7' were destroyed"):
        study.code("usr_k1_a")
    with pytest.raises(PseudonymsDestroyed):
        study.write(path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "x"}', "7"])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x"
    path.write_text(content)
    with pytest.raises(PrivacyError, match="is no table of pseudonyms"):
        Pseudonyms.read(path)


def test_how_much_of_an_address_stays_can_be_set(ring: KeyRing) -> None:
    default = network("203.0.113.7", ring), network("2001:db8:85a3::1", ring)
    use_network_bits(NetworkBits(v4=16, v6=32))
    try:
        short = network("203.0.113.7", ring), network("2001:db8:85a3::1", ring)
    finally:
        use_network_bits(NetworkBits())
    assert (short[0][:-6], short[1][:-9]) == ("203.0.", "2001:db8:")
    assert [s[-5:] for s in short] == [s[-5:] for s in default]
    assert [network(s, ring) for s in short] == list(short)
    with pytest.raises(PrivacyError, match="expected 8, 16 or 24"):
        use_network_bits(NetworkBits(v4=23))
