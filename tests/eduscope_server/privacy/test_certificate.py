import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduscope_server.privacy.certificate import NotACertificate, Signer, fingerprint, verify

SAID: dict[str, Any] = {"erasure_id": 7, "rows_deleted": {"logs": 2}, "reason": "wünschte es"}


def test_what_was_signed_is_verified_with_the_key_in_it(tmp_path: Path) -> None:
    signer = Signer.from_file(tmp_path / "key")
    assert verify(signer.sign(SAID)) == fingerprint(signer.public_key)


def test_the_key_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "key"
    assert Signer.from_file(file).public_key == Signer.from_file(file).public_key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "change",
    [
        {"erasure_id": 8},
        {"rows_deleted": {"logs": 3}},
        {"more": 1},
        {"signature": "AAAA"},
        {"public_key": "%"},
    ],
    ids=str,
)
def test_a_changed_certificate_is_none(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(NotACertificate):
        verify(Signer.from_file(tmp_path / "key").sign(SAID) | change)


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
)
def test_anything_else_is_refused_and_never_fails(what: Any) -> None:
    with pytest.raises(NotACertificate):
        verify(what)
