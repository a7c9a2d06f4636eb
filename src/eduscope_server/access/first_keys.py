"""The admin token and the first ingest key: from the settings, or made at the first start, kept in a file."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from eduscope_server.access.secrets import Kind, hash_secret, key_start, make_key
from eduscope_server.state import State, load_queries

_QUERIES = load_queries("eduscope_server.access", "queries.sql")
ADMIN_TOKEN_FILE = "admin-token"  # noqa: S105 - the name of a file
INGEST_KEY_FILE = "ingest-key"


@dataclass(frozen=True)
class FirstKey:
    """A key that exists before any person has made one. `is_new` asks the caller to print it, once."""

    kind: Kind
    key: str = field(repr=False)
    is_new: bool


async def put_first_key(state: State, *, kind: Kind, setting: str, file: Path) -> FirstKey:
    """Make sure that the key from the settings (or, without one, a generated one) opens the platform.

    A key from the settings is never written to a file, and the one that stood in the settings before ends.
    """
    first = FirstKey(kind, setting, is_new=False) if setting else _from_file(kind, file)
    key_hash = hash_secret(first.key)
    await state.execute(_QUERIES["retire_settings_keys"], {"kind": kind, "key_hash": key_hash})
    await state.execute(
        _QUERIES["put_first_key"],
        {
            "key_hash": key_hash,
            "key_start": key_start(first.key),
            "kind": kind,
            "source": "settings" if setting else "generated",
            "name": "from the settings" if setting else "made at the first start",
        },
    )
    return first


def _from_file(kind: Kind, file: Path) -> FirstKey:
    if file.exists() and (kept := file.read_text(encoding="ascii").strip()):
        return FirstKey(kind, kept, is_new=False)
    key = make_key(kind)
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:  # noqa: PTH123
        out.write(key + "\n")
    return FirstKey(kind, key, is_new=True)
