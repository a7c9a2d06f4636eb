"""Which PostgreSQL process, if any, runs on a data folder."""

import time
from collections.abc import Callable
from pathlib import Path

import psutil

_POLL_SECONDS = 0.02


def running_server(folder: Path) -> int | None:
    """The process id of the server that runs on the folder, None if none does."""
    process_id = _noted_process(folder)
    return process_id if process_id is not None and _serves(process_id, folder) else None


def forget_stale(folder: Path) -> None:
    """Remove the note of a server that is gone, if another program has got its process id since.

    PostgreSQL sees to the other case itself. It would take this one for a running server and refuse to start,
    which happens when a container starts again: process ids begin anew.
    """
    process_id = _noted_process(folder)
    if process_id is not None and psutil.pid_exists(process_id) and not _serves(process_id, folder):
        (folder / "postmaster.pid").unlink()


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Block until the condition holds; False if it does not within that time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _noted_process(folder: Path) -> int | None:
    try:
        return int((folder / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _serves(process_id: int, folder: Path) -> bool:
    try:
        process = psutil.Process(process_id)
        return str(folder) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
