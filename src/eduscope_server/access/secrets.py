"""Keys, tokens and codes: how they look, how they are made, how they are kept.

A key is `esk_<kind>_` + 32 random characters + 6 of checksum, as in `esk_ingest_…`. The prefix lets scanners
of leaks find keys, the checksum lets them drop look-alikes without asking the platform. The alphabet has 62
characters, so a key carries 190 bits: nobody guesses one, and SHA-256 without salt is enough to keep it.
"""

import hashlib
import re
import secrets
import string
import zlib
from typing import Literal

Kind = Literal["admin", "ingest", "read"]

KEY_PATTERN = re.compile(r"esk_(?:admin|ingest|read)_[0-9A-Za-z]{38}")
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM_LENGTH = 32
_CHECKSUM_LENGTH = 6
# Enough of a key to tell it from others in a list, too little to use it.
_START_LENGTH = 4


def make_key(kind: Kind) -> str:
    """A new random key of that kind."""
    body = f"esk_{kind}_" + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_LENGTH))
    return body + _checksum(body)


def is_key(text: str) -> bool:
    """Whether the text is a key of EduScope (of any platform), by shape and checksum."""
    return bool(KEY_PATTERN.fullmatch(text)) and text[-_CHECKSUM_LENGTH:] == _checksum(
        text[:-_CHECKSUM_LENGTH]
    )


def key_start(key: str) -> str:
    """What a list of keys shows: the prefix and the first characters of ours, nothing of anyone else's."""
    if not is_key(key):
        return "…"
    prefix = key.index("_", len("esk_")) + 1
    return key[: prefix + _START_LENGTH] + "…"


def make_token() -> str:
    """A random token for a session or a one-time code (256 bits, safe in a URL)."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """What is kept of a key, token or code."""
    return hashlib.sha256(secret.encode()).digest()


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    digits = []
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
