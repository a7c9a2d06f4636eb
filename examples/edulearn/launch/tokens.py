"""The keys of this installation, made once and kept in its folder: one for tokens, one for sessions."""

import base64
import os
import secrets
from pathlib import Path

KEY_BYTES = 32


def token_keys(data: Path) -> str:
    """The key ring by which every service turns a person into the same token.

    Taken from EDUSCOPE_TOKEN_KEYS where that is set.
    """
    given = os.environ.get("EDUSCOPE_TOKEN_KEYS")
    return given or f"k1:{kept_secret(data / 'token.key')}"


def kept_secret(path: Path) -> str:
    """The secret in a file that its owner alone can read; made on first use."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        secret = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
        file.write(secret)
    return secret
