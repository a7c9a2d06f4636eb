"""Tokens that stand for people: `usr_<key id>_<26 characters>`, the same for the same person, readable by nobody.

The characters are the first 26 of the lower-case base32 of HMAC-SHA256(key, "usr:" + value).
"""

import re

from eduscope.privacy.keyring import KeyRing

_TOKEN = re.compile(r"[a-z]{2,8}_[a-z0-9]{1,8}_[a-z2-7]{26}")


class _Current:
    """The process's own ring: read from the environment on first use, or set once by the program's start."""

    ring: KeyRing | None = None


def default_ring() -> KeyRing:
    """The ring used where none is given. Ask it `.ephemeral` to learn that none was configured."""
    ring = _Current.ring
    if ring is None:
        ring = _Current.ring = KeyRing.from_environment()
    return ring


def use_ring(ring: KeyRing | None) -> None:
    """Make a ring the process's own; None forgets it, so that the environment is read again."""
    _Current.ring = ring


def tokenize(value: str, kind: str = "usr", ring: KeyRing | None = None) -> str:
    """The token of a value. `kind` says what the value names: `usr` a person, `und` an undeclared field's value."""
    return (ring or default_ring()).token(value, kind)


def starts_with_token(value: str) -> bool:
    """Whether a value is a token, perhaps with the punctuation of a sentence behind it."""
    return _TOKEN.match(value) is not None


def is_token(value: str) -> bool:
    """Whether a value has the shape of a token."""
    return _TOKEN.fullmatch(value) is not None
