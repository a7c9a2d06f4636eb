"""The account PostgreSQL runs under where EduLearn itself runs as root, which PostgreSQL refuses to."""

import os
import pwd
import stat
import struct
import subprocess
from pathlib import Path

NAME = "edulearn"
# Exists on every Unix; used where an account cannot be made.
FALLBACK = "nobody"
# POSIX access control lists as an extended attribute: linux/posix_acl_xattr.h.
_ATTRIBUTE = "system.posix_acl_access"
_VERSION, _NO_ID = 2, 0xFFFFFFFF
_OWNER, _USER, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
_SEARCH = 0o1

Entry = tuple[int, int, int]  # tag, rights, id: the order on disk


class NoWay(OSError):
    """PostgreSQL's account cannot reach a folder, and cannot be let through alone."""


def account() -> pwd.struct_passwd:
    """EduLearn's own account, made on first use; `nobody` where that is not possible."""
    for name in (NAME, FALLBACK):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
            try:
                subprocess.run(command, check=True, capture_output=True)
                return pwd.getpwnam(name)
            except (OSError, subprocess.CalledProcessError, KeyError):
                continue
    return pwd.getpwnam(FALLBACK)


def let_pass(user: pwd.struct_passwd, path: Path) -> None:
    """Lets one account, and nobody else, reach a path through the folders above it that shut it out, such as /root.

    By an access control list that grants the right to pass. The usual `chmod o+x` would open every readable file
    below to every account of the machine, so it is not done: raises NoWay where the file system has no such lists.
    """
    for parent in path.resolve().parents:
        if _may_pass(user, parent):
            continue
        try:
            os.setxattr(parent, _ATTRIBUTE, _pack(_with_search(user, _entries_of(parent))))
        except (OSError, AttributeError) as problem:
            raise NoWay(
                f'the account "{user.pw_name}", under which PostgreSQL runs, may not pass {parent}; give --data a '
                "folder that it can reach, run EduLearn as another user than root, or give --postgres an address"
            ) from problem


def _may_pass(user: pwd.struct_passwd, folder: Path) -> bool:
    found = folder.stat()
    if found.st_uid == user.pw_uid:
        return bool(found.st_mode & stat.S_IXUSR)
    entries = _entries_of(folder)
    granted = next((rights for tag, rights, who in entries if (tag, who) == (_USER, user.pw_uid)), None)
    if granted is not None:
        return bool(granted & _mask(entries) & _SEARCH)
    if found.st_gid == user.pw_gid:
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


def _with_search(user: pwd.struct_passwd, entries: list[Entry]) -> list[Entry]:
    kept = [entry for entry in entries if entry[0] != _MASK and entry[::2] != (_USER, user.pw_uid)]
    added = [(_USER, _SEARCH, user.pw_uid), (_MASK, _mask(entries) | _SEARCH, _NO_ID)]
    return sorted(kept + added, key=lambda entry: (entry[0], entry[2]))


def _mask(entries: list[Entry]) -> int:
    """What bounds the rights of named accounts and groups."""
    rights = {tag: rights for tag, rights, _ in entries}
    return rights.get(_MASK, rights[_GROUP])


def _pack(entries: list[Entry]) -> bytes:
    return struct.pack("<I", _VERSION) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
