import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.eduscope_server.privacy.conftest import RING

from eduscope.privacy import KeyRing
from eduscope_server.privacy.sealing import (
    CannotOpen,
    Place,
    WrappedKey,
    new_key,
    seal,
    unseal,
    unwrap,
    wrap,
)

PLACE = Place("school-a", RING.token("ada"), "feedback.text", "1" * 32)
KEY = new_key()


@given(st.text())
def test_what_was_sealed_is_opened(text: str) -> None:
    sealed = seal(text, PLACE, KEY)
    assert unseal(sealed, PLACE, KEY) == text.encode("utf-8", "replace").decode()
    assert sealed != seal(text, PLACE, KEY), "a nonce was used twice"


@pytest.mark.parametrize("part", Place._fields)
def test_in_another_place_it_is_not_opened(part: str) -> None:
    with pytest.raises(CannotOpen):
        unseal(seal("a", PLACE, KEY), PLACE._replace(**{part: "other"}), KEY)


@pytest.mark.parametrize("sealed", ["", "AAAA", "%", "A" * 64])
def test_damaged_it_is_not_opened(sealed: str) -> None:
    with pytest.raises(CannotOpen):
        unseal(sealed, PLACE, KEY)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(CannotOpen):
        unseal(seal("a", PLACE, KEY), PLACE, new_key())


def test_a_wrapped_key_outlives_rotation() -> None:
    wrapped = wrap(KEY, "school-a", PLACE.subject, RING)
    later = RING.rotated("k3")
    assert (wrapped.key_id, unwrap(wrapped, "school-a", PLACE.subject, later)) == ("k2", KEY)


def test_a_wrapped_key_is_of_one_person_and_needs_its_ring() -> None:
    wrapped = wrap(KEY, "school-a", PLACE.subject, RING)
    assert KEY not in wrapped.wrapped
    with pytest.raises(CannotOpen):
        unwrap(wrapped, "school-b", PLACE.subject, RING)
    with pytest.raises(CannotOpen, match="no key 'k2'"):
        unwrap(wrapped, "school-a", PLACE.subject, KeyRing([("k9", b"9" * 32)]))
    with pytest.raises(CannotOpen):
        unwrap(WrappedKey("k1", wrapped.wrapped), "school-a", PLACE.subject, RING)
