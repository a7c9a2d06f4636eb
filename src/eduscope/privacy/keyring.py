"""The keys behind tokens: the first is current, the others still answer for tokens of earlier epochs."""

import base64
import binascii
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Self

from eduscope.privacy.errors import KeyRingError

VARIABLE = "EDUSCOPE_TOKEN_KEYS"
_KEY_ID = re.compile(r"[a-z0-9]{1,8}")
_MIN_KEY_BYTES = 16  # NIST SP 800-107: an HMAC key below the security strength weakens every token
_NEW_KEY_BYTES = 32
_DIGEST_CHARACTERS = 26  # 130 bits: no two people share a token
_MAX_CACHED = 16_384  # users seen by one process between two clearings; about 3 MB. Another costs 2 µs


class KeyRing:
    """Named secret keys; makes tokens with the first, and can tell a value's tokens of all epochs.

    `ephemeral` is true for a ring that was drawn at start because none was configured: its tokens join
    records of this process only.
    """

    def __init__(self, keys: Iterable[tuple[str, bytes]], *, ephemeral: bool = False) -> None:
        """Take keys as (id, key) pairs, the current one first. Raises KeyRingError on any that cannot be used."""
        self._keys = dict(_checked(keys))
        if not self._keys:
            raise KeyRingError("The key ring is empty; expected at least one `id:base64key`.")
        self.ephemeral = ephemeral
        self.current_id = next(iter(self._keys))
        self._hashes = {key_id: _keyed_hash(key) for key_id, key in self._keys.items()}
        self._cached: dict[tuple[str, str], str] = {}

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `id:base64key,id:base64key`, separated by commas or line breaks."""
        return cls(_parsed(entry) for entry in re.split(r"[,\s]+", text) if entry)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The ring in EDUSCOPE_TOKEN_KEYS, or a random ephemeral one where it is not set."""
        text = environment.get(VARIABLE, "").strip()
        return cls.parse(text) if text else cls.random()

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """The ring in a file that nobody but its owner may read (mode 0600). Raises KeyRingError for any other."""
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise KeyRingError(f"{path} has mode {mode:04o}; expected 0600. Run: chmod 600 {path}")
            return cls.parse(path.read_text(encoding="ascii"))
        except OSError as error:
            raise KeyRingError(f"The key file {path} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise KeyRingError(f"The key file {path} is no text; expected `id:base64key,…`") from None

    @classmethod
    def random(cls) -> Self:
        """A ring with one new key, for this process alone."""
        return cls([("eph", secrets.token_bytes(_NEW_KEY_BYTES))], ephemeral=True)

    def rotated(self, key_id: str, key: bytes | None = None) -> "KeyRing":
        """A ring whose current key is a new one, and that still knows all earlier keys."""
        if key_id in self._keys:
            raise KeyRingError(
                f"The key ring already has a key {key_id!r}; choose another id for the new one."
            )
        return KeyRing([(key_id, key or secrets.token_bytes(_NEW_KEY_BYTES)), *self._keys.items()])

    def lost(self, earlier: "KeyRing") -> tuple[str, ...]:
        """The ids of an earlier ring's keys that this one has no more: what they made can't be told any longer.

        Raises KeyRingError where an id of both stands for two keys: tokens of two people could then not be told
        apart from tokens of two epochs.
        """
        other = [
            key_id
            for key_id in earlier.ids
            if self._keys.get(key_id, earlier.key(key_id)) != earlier.key(key_id)
        ]
        if other:
            raise KeyRingError(
                f"The key {other[0]!r} is another than before; give a new key an id of its own, and keep the old one."
            )
        return tuple(key_id for key_id in earlier.ids if key_id not in self._keys)

    def write(self, path: Path) -> None:
        """Write the ring to a file that only its owner may read; replaces the file in one step."""
        write_private(path, (self.serialised() + "\n").encode("ascii"))

    def serialised(self) -> str:
        """The ring as EDUSCOPE_TOKEN_KEYS takes it. Secret: hand it to a child process, never to a log."""
        return ",".join(f"{key_id}:{base64.b64encode(key).decode()}" for key_id, key in self._keys.items())

    @property
    def ids(self) -> tuple[str, ...]:
        """The key ids, the current one first."""
        return tuple(self._keys)

    def key(self, key_id: str | None = None) -> bytes:
        """A key's bytes (the current one's by default), for an engine that makes the same tokens itself."""
        return self._keys[key_id or self.current_id]

    def token(self, value: str, kind: str = "usr") -> str:
        """The value's token under the current key: `usr_k1_…`."""
        known = self._cached.get((kind, value))
        if known is None:
            if len(self._cached) >= _MAX_CACHED:
                self._cached.clear()
            known = self._cached[(kind, value)] = self._made(self.current_id, kind, value)
        return known

    def tokens(self, value: str, kind: str = "usr") -> tuple[str, ...]:
        """The value's tokens under all keys, the current one first: search for any of them to join epochs."""
        return tuple(self._made(key_id, kind, value) for key_id in self._keys)

    def code(self, data: bytes, characters: int) -> str:
        """A short keyed hash, for values that are hashed in part."""
        return _base32(self._hashes[self.current_id](data), characters)

    def _made(self, key_id: str, kind: str, value: str) -> str:
        """HMAC over kind and value: who can have values of one kind hashed learns nothing about another kind."""
        message = f"{kind}:{value}".encode("utf-8", "surrogatepass")
        return f"{kind}_{key_id}_{_base32(self._hashes[key_id](message), _DIGEST_CHARACTERS)}"

    def __repr__(self) -> str:
        return f"KeyRing(ids={self.ids!r}, ephemeral={self.ephemeral})"


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read; replaces one that is there in one step."""
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


_BLOCK_BYTES = 64


def _keyed_hash(key: bytes) -> Callable[[bytes], bytes]:
    """HMAC-SHA256 (RFC 2104) of this key. The key's two blocks are hashed once and copied: 0.5 µs a value, where
    `hmac.digest` takes 1.3."""
    block = (sha256(key).digest() if len(key) > _BLOCK_BYTES else key).ljust(_BLOCK_BYTES, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in block))
    outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def digest(message: bytes) -> bytes:
        within, around = inner.copy(), outer.copy()
        within.update(message)
        around.update(within.digest())
        return around.digest()

    return digest


_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_GROUP_BYTES, _GROUP_CHARACTERS = 5, 8


def _base32(data: bytes, characters: int) -> str:
    """The first characters of RFC 4648 base32, in lower case: two at a time, thrice as fast as `base64.b32encode`."""
    pairs, written = _PAIRS, ""
    for at in range(0, -(-characters // _GROUP_CHARACTERS) * _GROUP_BYTES, _GROUP_BYTES):
        bits = int.from_bytes(data[at : at + _GROUP_BYTES], "big")
        written += (
            f"{pairs[bits >> 30]}{pairs[bits >> 20 & 1023]}{pairs[bits >> 10 & 1023]}{pairs[bits & 1023]}"
        )
    return written[:characters]


def _parsed(entry: str) -> tuple[str, bytes]:
    key_id, colon, encoded = entry.partition(":")
    if not colon:
        raise KeyRingError(
            f"{VARIABLE} has an entry of {len(entry)} characters without a colon; expected `id:base64key`."
        )
    try:
        return key_id, base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise KeyRingError(
            f"The key {key_id!r} in {VARIABLE} is not base64; make one with `openssl rand -base64 32`."
        ) from None


def _checked(keys: Iterable[tuple[str, bytes]]) -> Iterable[tuple[str, bytes]]:
    seen = set()
    for key_id, key in keys:
        if not _KEY_ID.fullmatch(key_id):
            raise KeyRingError(f"The key id {key_id[:16]!r} is not of the form [a-z0-9]{{1,8}}.")
        if key_id in seen:
            raise KeyRingError(f"The key id {key_id!r} is there twice; every key needs an id of its own.")
        if len(key) < _MIN_KEY_BYTES:
            raise KeyRingError(
                f"The key {key_id!r} has {len(key)} bytes; expected at least {_MIN_KEY_BYTES}."
            )
        seen.add(key_id)
        yield key_id, key
