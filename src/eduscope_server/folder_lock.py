"""One platform per data folder: a lock that the kernel drops with its process, however that ends."""

import fcntl
import os
from pathlib import Path
from typing import IO


class FolderInUse(Exception):
    """Another process has the folder. Permanent until it ends."""


class FolderUnusable(Exception):
    """The folder cannot be made or written to. Permanent until somebody changes that."""


def lock_folder(folder: Path, *, name: str = "platform.lock") -> IO[str]:
    """Lock a folder, made if missing, for as long as the returned file is open.

    The file names the process that has the lock. Raises `FolderInUse`, `FolderUnusable`.
    """
    make_folder(folder)
    try:
        lock = (folder / name).open("a+", encoding="utf-8")
    except OSError as error:
        raise unusable(folder, error) from None
    lock.seek(0)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        owner = lock.readline().strip() or "another"
        lock.close()
        raise FolderInUse(
            f"{folder} is in use by process {owner}; stop it, or choose another folder with --data"
        ) from None
    rewrite(lock, f"{os.getpid()}\n")
    return lock


def make_folder(folder: Path) -> None:
    """Make a folder for its owner alone, and those above it. Raises `FolderUnusable`."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise unusable(folder, error) from None


def unusable(folder: Path, error: OSError) -> FolderUnusable:
    """What to say of a folder that the system refuses."""
    return FolderUnusable(
        f"{folder} cannot hold the platform's data ({error.strerror}); choose another folder with --data"
    )


def rewrite(lock: IO[str], text: str) -> None:
    """Replace what the lock's file says."""
    lock.truncate(0)
    lock.write(text)
    lock.flush()
