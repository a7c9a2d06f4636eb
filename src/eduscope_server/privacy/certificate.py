"""Certificates of erasure: what was done, signed with the installation's own key (Ed25519, RFC 8032).

The signature is over the certificate's JSON without it: keys sorted, no spaces, UTF-8 (as in RFC 8785 for the texts
and whole numbers that a certificate has). Who knows the public key can check it without the platform.
"""

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_FILE = "certificate-key"


class NotACertificate(Exception):
    """It has not the shape of a certificate, or its signature does not fit."""


class Signer:
    """The installation's key for certificates."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = base64.b64encode(key.public_key().public_bytes_raw()).decode()

    @classmethod
    def new(cls) -> "Signer":
        """A key of this process alone: for tests."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_file(cls, file: Path) -> "Signer":
        """The key in the file, made at the first use; nobody but the owner may read it."""
        try:
            return cls(Ed25519PrivateKey.from_private_bytes(base64.b64decode(file.read_bytes())))
        except FileNotFoundError:
            key = Ed25519PrivateKey.generate()
            file.parent.mkdir(parents=True, exist_ok=True)
            beside = file.with_name(file.name + ".new")
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                out.write(base64.b64encode(key.private_bytes_raw()) + b"\n")
                out.flush()
                os.fsync(out.fileno())
            beside.replace(file)
            return cls(key)

    def sign(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """What was said, with the public key and the signature."""
        signed = {**said, "public_key": self.public_key}
        return {**signed, "signature": base64.b64encode(self._key.sign(_canonical(signed))).decode()}


def verify(certificate: Any) -> str:
    """Checks a certificate against the public key in it, and gives that key's fingerprint: is it the right one?

    Raises `NotACertificate`.
    """
    if not isinstance(certificate, Mapping) or not {"public_key", "signature"} <= certificate.keys():
        raise NotACertificate("this is not a certificate: it has no public_key and signature")
    said = {name: value for name, value in certificate.items() if name != "signature"}
    try:
        key = base64.b64decode(str(certificate["public_key"]), validate=True)
        signature = base64.b64decode(str(certificate["signature"]), validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, _canonical(said))
    except (binascii.Error, ValueError) as error:
        raise NotACertificate("the public key or the signature is not what it should be") from error
    except InvalidSignature:
        raise NotACertificate("the signature does not fit: the certificate was changed") from None
    return fingerprint(str(certificate["public_key"]))


def fingerprint(public_key: str) -> str:
    """A public key's name for people: the SHA-256 of its bytes, as OpenSSH writes it."""
    digest = hashlib.sha256(base64.b64decode(public_key)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _canonical(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
