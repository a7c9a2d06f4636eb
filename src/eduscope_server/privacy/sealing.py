"""How prose is sealed: a data key per person, wrapped by a key of the ring, and AES-256-GCM (NIST SP 800-38D).

What a text belongs to (tenant, person, field, id) is authenticated with it: a text put in another's place can't be
opened. A data key seals far fewer than the 2^32 texts up to which random nonces of 96 bits are safe.
"""

import base64
import secrets
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from eduscope.privacy import KeyRing

_NONCE_BYTES = 12
_KEY_BYTES = 32
_PURPOSE = b"eduscope prose vault 1"
"""Sets the wrapping key apart from the ring's own, which makes tokens."""


class CannotOpen(Exception):
    """Not what was sealed, not where it belongs, or not with this key."""


class Place(NamedTuple):
    """Where a text belongs."""

    tenant_id: str
    subject: str
    field: str
    id: str


class WrappedKey(NamedTuple):
    """A data key as PostgreSQL keeps it."""

    key_id: str
    wrapped: bytes


def new_key() -> bytes:
    """A data key."""
    return secrets.token_bytes(_KEY_BYTES)


def wrap(key: bytes, tenant_id: str, subject: str, ring: KeyRing) -> WrappedKey:
    """A data key under the ring's current key."""
    return WrappedKey(
        ring.current_id, _sealed(_wrapping_key(ring, ring.current_id), key, _bound(tenant_id, subject))
    )


def unwrap(kept: WrappedKey, tenant_id: str, subject: str, ring: KeyRing) -> bytes:
    """The data key. Raises `CannotOpen`, also where the ring has lost the key that wraps it."""
    if kept.key_id not in ring.ids:
        raise CannotOpen(f"the key ring has no key {kept.key_id!r}, which wraps the data key; put it back")
    return _opened(_wrapping_key(ring, kept.key_id), kept.wrapped, _bound(tenant_id, subject))


def seal(text: str, place: Place, key: bytes) -> str:
    """The text, sealed, in base64."""
    return base64.b64encode(_sealed(key, text.encode("utf-8", "replace"), _bound(*place))).decode()


def unseal(sealed: str, place: Place, key: bytes) -> str:
    """The text. Raises `CannotOpen`."""
    try:
        return _opened(key, base64.b64decode(sealed, validate=True), _bound(*place)).decode()
    except ValueError as error:
        raise CannotOpen("the sealed text is damaged") from error


def _wrapping_key(ring: KeyRing, key_id: str) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=_PURPOSE).derive(ring.key(key_id))


def _sealed(key: bytes, data: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, bound)


def _opened(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("this is not what was sealed here") from error


def _bound(*parts: str) -> bytes:
    """What is authenticated: each part with its length, so that no two lists of parts look alike."""
    return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
