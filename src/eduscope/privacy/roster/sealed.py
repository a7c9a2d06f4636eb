"""A roster at rest: keyed hashes of what it holds, and the people themselves encrypted under the ring.

The hashes answer "is this value on the roster?" for audits and erasure without opening it; the names come back into
memory only in a process that holds the key.

Layout: a line of JSON (format, key id, counts, nonce), the hashes (16 bytes each, sorted), the ciphertext (AES-256-GCM
over zlib over msgpack, authenticated with the line and the hashes).
"""

import bisect
import os
import zlib
from collections.abc import Iterable, Sequence
from hmac import digest
from pathlib import Path
from typing import Any

import msgspec

from eduscope.privacy.errors import PrivacyError, RosterUnreadable
from eduscope.privacy.keyring import KeyRing, write_private
from eduscope.privacy.roster.folding import name_words
from eduscope.privacy.roster.people import Person

FORMAT = "eduscope-roster/1"
HASH_BYTES = 16
NONCE_BYTES = 12


class _Header(msgspec.Struct, frozen=True):
    format: str
    key_id: str
    people: int
    hashes: int
    nonce: str


def write_sealed(path: Path, people: Sequence[Person], ring: KeyRing) -> None:
    """Write a roster that only holders of the ring can read. Replaces the file in one step; its mode is 0600."""
    key_id = ring.current_id
    hashes = _sorted(_hash(ring.key(key_id), value) for person in people for value in values_of(person))
    nonce = os.urandom(NONCE_BYTES)
    header = _Header(FORMAT, key_id, len(people), len(hashes) // HASH_BYTES, nonce.hex())
    opening = msgspec.json.encode(header) + b"\n" + hashes
    plain = zlib.compress(msgspec.msgpack.encode(people), 1)
    write_private(path, opening + _cipher(ring, key_id).encrypt(nonce, plain, opening))


def read_sealed(path: Path, ring: KeyRing) -> list[Person]:
    """The people of a sealed roster. Raises RosterUnreadable where the ring lacks its key, or a byte was changed."""
    header, opening, ciphertext = _opened(path)
    if header.key_id not in ring.ids:
        raise RosterUnreadable(
            f"{path.name} is sealed with the key {header.key_id!r}; the ring has {', '.join(ring.ids)}"
        )
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - who has no roster needs no cryptography

    try:
        plain = _cipher(ring, header.key_id).decrypt(bytes.fromhex(header.nonce), ciphertext, opening)
    except InvalidTag:
        raise RosterUnreadable(
            f"{path.name} was changed, or its key {header.key_id!r} is another one"
        ) from None
    return msgspec.msgpack.decode(zlib.decompress(plain), type=list[Person])


def holds(path: Path, value: str, ring: KeyRing) -> bool:
    """Whether a name (`Ada Lovelace`), user name or id is on a sealed roster; its names stay sealed."""
    header, opening, _ = _opened(path)
    hashes = opening[-header.hashes * HASH_BYTES :] if header.hashes else b""
    wanted = _hash(ring.key(header.key_id), _normal(value))
    places = range(header.hashes)
    at = bisect.bisect_left(places, wanted, key=lambda i: hashes[i * HASH_BYTES : (i + 1) * HASH_BYTES])
    return hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES] == wanted


def sealed_under(path: Path) -> str:
    """The id of the key that opens a sealed roster."""
    return _opened(path)[0].key_id


def values_of(person: Person) -> Iterable[str]:
    """What identifies a person on a roster, in the form in which it is hashed."""
    for given in (person.given, person.preferred):
        if given:
            yield _normal(f"{given} {person.family}")
    for value in (*person.usernames, *person.ids):
        yield _normal(value)


def _normal(value: str) -> str:
    """Without case and accents; an id with digits or punctuation only without case."""
    return (
        " ".join(name_words(value)) if value.replace(" ", "").isalpha() or " " in value else value.casefold()
    )


def _hash(key: bytes, value: str) -> bytes:
    return digest(key, b"roster:" + value.encode("utf-8", "surrogatepass"), "sha256")[:HASH_BYTES]


def _sorted(hashes: Iterable[bytes]) -> bytes:
    """Each once and in order. Sorted in one go, 800,000 would stop all other threads for half a second."""
    parts: list[set[bytes]] = [set() for _ in range(256)]
    for value in hashes:
        parts[value[0]].add(value)
    return b"".join(b"".join(sorted(part)) for part in parts)


def _cipher(ring: KeyRing, key_id: str) -> Any:
    """AES-256-GCM under a key of its own, derived from the ring's, so that no key serves two purposes."""
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415
    except ImportError as error:
        raise PrivacyError(
            "A sealed roster needs the package cryptography. Run: pip install 'eduscope[server]'"
        ) from error
    return AESGCM(digest(ring.key(key_id), b"eduscope roster sealing v1", "sha256"))


def _opened(path: Path) -> tuple[_Header, bytes, bytes]:
    data = path.read_bytes()
    line, newline, rest = data.partition(b"\n")
    try:
        header = msgspec.json.decode(line, type=_Header)
    except msgspec.DecodeError:
        raise RosterUnreadable(f"{path.name} is no sealed roster") from None
    if header.format != FORMAT or not newline:
        raise RosterUnreadable(f"{path.name} has the format {header.format[:32]!r}; expected {FORMAT!r}")
    size = header.hashes * HASH_BYTES
    return header, line + newline + rest[:size], rest[size:]
