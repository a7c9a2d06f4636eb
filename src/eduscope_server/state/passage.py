"""The way for another account to a folder that lies below private ones, such as /root.

Grants the right to pass ("search") to that one account by a POSIX access control list. The usual `chmod o+x`
would open every readable file below, at a known path, to every account of the machine.
"""

import os
import stat
import struct
from pathlib import Path

from eduscope_server.state.account import Account

# The list as an extended attribute: linux/posix_acl_xattr.h.
_ATTRIBUTE = "system.posix_acl_access"
_VERSION = 2
_NO_ID = 0xFFFFFFFF
_OWNER, _USER, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
_SEARCH = 0o1

Entry = tuple[int, int, int]  # tag, rights, id: the order on disk


def let_pass(account: Account, folder: Path) -> None:
    """Let the account reach `folder` through every folder above it that now shuts it out.

    Only where the file system has no access control lists is everybody let through.
    """
    for parent in folder.resolve().parents:
        if not _may_search(account, parent):
            try:
                os.setxattr(parent, _ATTRIBUTE, _pack(_with_search(account, _entries_of(parent))))
            except (OSError, AttributeError):
                parent.chmod(stat.S_IMODE(parent.stat().st_mode) | stat.S_IXOTH)


def _may_search(account: Account, folder: Path) -> bool:
    found = folder.stat()
    if found.st_uid == account.user_id:
        return bool(found.st_mode & stat.S_IXUSR)
    entries = _entries_of(folder)
    granted = next((rights for tag, rights, who in entries if (tag, who) == (_USER, account.user_id)), None)
    if granted is not None:
        return bool(granted & _mask(entries) & _SEARCH)
    if found.st_gid == account.group_id:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _entries_of(folder: Path) -> list[Entry]:
    """The folder's list, or its mode written as one."""
    try:
        packed = os.getxattr(folder, _ATTRIBUTE)
    except (OSError, AttributeError):
        mode = folder.stat().st_mode
        return [(_OWNER, mode >> 6 & 7, _NO_ID), (_GROUP, mode >> 3 & 7, _NO_ID), (_OTHER, mode & 7, _NO_ID)]
    return list(struct.iter_unpack("<HHI", packed[4:]))


def _with_search(account: Account, entries: list[Entry]) -> list[Entry]:
    kept = [entry for entry in entries if entry[0] != _MASK and entry[::2] != (_USER, account.user_id)]
    added = [(_USER, _SEARCH, account.user_id), (_MASK, _mask(entries) | _SEARCH, _NO_ID)]
    return sorted(kept + added, key=lambda entry: (entry[0], entry[2]))


def _mask(entries: list[Entry]) -> int:
    """What bounds the rights of named accounts and groups. A `chmod` of the group's rights changes it."""
    rights = {tag: rights for tag, rights, _ in entries}
    return rights.get(_MASK, rights[_GROUP])


def _pack(entries: list[Entry]) -> bytes:
    return struct.pack("<I", _VERSION) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
