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
_USER, _MASK, _SEARCH = 0x02, 0x10, 0o1
_MODE_TAGS = ((0x01, 6), (0x04, 3), (0x20, 0))


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


def let_pass(user_id: int, path: Path) -> None:
    """Lets one account reach a path through folders that shut it out, such as /root.

    By an access control list for that account alone: `chmod o+x` would let everybody pass. Only where the file
    system has no such lists is that done.
    """
    for parent in path.resolve().parents:
        mode = parent.stat().st_mode
        if mode & stat.S_IXOTH:
            continue
        try:
            os.setxattr(parent, _ATTRIBUTE, _with_search(_entries(parent, mode), user_id))
        except OSError:
            parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def _entries(folder: Path, mode: int) -> list[tuple[int, int, int]]:
    """The folder's list as (tag, rights, id), or its mode written as one."""
    try:
        return list(struct.iter_unpack("<HHI", os.getxattr(folder, _ATTRIBUTE)[4:]))
    except OSError:
        return [(tag, mode >> shift & 7, _NO_ID) for tag, shift in _MODE_TAGS]


def _with_search(entries: list[tuple[int, int, int]], user_id: int) -> bytes:
    rights = {(tag, who): right for tag, right, who in entries}
    rights[_USER, user_id] = rights.get((_USER, user_id), 0) | _SEARCH
    group = next(right for tag, right, _ in entries if tag == 0x04)
    rights[_MASK, _NO_ID] = rights.get((_MASK, _NO_ID), group) | _SEARCH
    packed = b"".join(struct.pack("<HHI", tag, right, who) for (tag, who), right in sorted(rights.items()))
    return struct.pack("<I", _VERSION) + packed
