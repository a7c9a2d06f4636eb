"""The operating system's account under which the embedded PostgreSQL runs.

PostgreSQL refuses to run as root. A platform that runs as root (a container, a fresh machine) therefore gives
it an account of its own.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from eduscope_server.state.errors import StateBroken

_ACCOUNT_NAME = "eduscope"
# Exists on every Unix; used where an account cannot be made (a read-only /etc).
_FALLBACK_NAME = "nobody"


@dataclass(frozen=True)
class Account:
    """A user and group by number."""

    user_id: int
    group_id: int


def account_for(folder: Path) -> Account | None:
    """The account to run PostgreSQL under, or None for the platform's own (whenever that is not root)."""
    if os.geteuid() != 0:
        return None
    owner = folder.stat()
    if owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    entry = _find(_ACCOUNT_NAME) or _make(_ACCOUNT_NAME) or _find(_FALLBACK_NAME)
    if entry is None:
        raise StateBroken(
            f'PostgreSQL refuses to run as root, and there is no account "{_ACCOUNT_NAME}" for it; make one '
            f"(useradd --system {_ACCOUNT_NAME}), run EduScope as another user, or set EDUSCOPE_POSTGRES"
        )
    return Account(entry.pw_uid, entry.pw_gid)


def _find(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _make(name: str) -> pwd.struct_passwd | None:
    command = [
        "useradd",
        "--system",
        "--user-group",
        "--no-create-home",
        "--shell",
        "/usr/sbin/nologin",
        name,
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return _find(name)  # another platform on this machine may have been faster
    return _find(name)
