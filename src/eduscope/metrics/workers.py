"""Several workers of one service, one `/metrics`: each writes its values to a folder, any of them adds up all.

A worker's file is replaced as a whole, in the background, so that counting stays an addition in memory. A worker
holds a lock on a file as long as it lives: the kernel lets go of it however the worker ends, and a number of a
process that is used again cannot mislead. What a dead worker counted is added to a file of the ended; its gauges
are gone with it. A killed worker loses what it counted since its last write, half a second at most.
"""

import contextlib
import fcntl
import os
import secrets
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from eduscope.counters import counters
from eduscope.metrics.families import Family, merged, of_this_process
from eduscope.quiet import quiet

WRITE_INTERVAL_SECONDS = 0.5
LOCK_WAIT_SECONDS = 2.0
"""How long a scrape waits for another before it reads without counting the dead among the ended."""

LIVING, VALUES, ENDED, GATE = ".living", ".values", "ended", "gate"


class Ended(msgspec.Struct):
    """What dead workers counted."""

    families: list[Family] = []
    workers: list[str] = []
    """Whose files are added up already but may still be there: the process that did it may have died too."""


T = TypeVar("T")

_values = msgspec.msgpack.Decoder(list[Family])
_ended = msgspec.msgpack.Decoder(Ended)
_encode = msgspec.msgpack.Encoder().encode


class Worker:
    """This process among the workers that share a folder."""

    def __init__(self, folder: Path, interval_seconds: float = WRITE_INTERVAL_SECONDS) -> None:
        """Takes part. Raises OSError where the folder cannot be written to."""
        self.folder = folder
        self._interval_seconds = interval_seconds
        self._living: int | None = None
        self.join()

    def join(self) -> None:
        """Takes part under a name of its own; again in a forked child, which is a worker of its own."""
        if self._living is not None:
            os.close(self._living)  # the child's copy: the parent's stays locked
            self._living = None
        self.name = f"{os.getpid()}-{secrets.token_hex(8)}"
        self._written = b""
        self._stop = threading.Event()
        self._writing = threading.Lock()
        self._take_place()
        self._thread = threading.Thread(target=self._run, name="eduscope-metrics-files", daemon=True)
        self._thread.start()

    def write(self) -> None:
        """Writes what changed since the last time."""
        with self._writing:
            values = _encode(of_this_process())
            if not self._path(LIVING).exists():  # someone emptied the folder
                self._take_place()
            elif values == self._written:
                return
            _replace(self._path(VALUES), values)
            self._written = values

    def close(self) -> None:
        """Writes for the last time. The place is kept while the process lives: it may be started again."""
        self._stop.set()
        self._thread.join(LOCK_WAIT_SECONDS)
        self._write_quietly()

    def reopen(self) -> None:
        """Goes on after `close`."""
        if self._stop.is_set():
            self._stop = threading.Event()
            self._thread = threading.Thread(target=self._run, name="eduscope-metrics-files", daemon=True)
            self._thread.start()

    def families(self) -> list[Family]:
        """The metrics of all workers together, this one's as of now."""
        own = of_this_process()
        with _gate(self.folder) as alone:
            ended, dead, living = self._others()
            if alone and dead:
                ended = _settle(self.folder, ended, dead)
            elif dead:
                ended = _with_dead(ended, dead)
        return merged([own, *living, ended.families])

    def _others(self) -> tuple[Ended, dict[str, list[Family]], list[list[Family]]]:
        """The ended, the dead that are not among them yet, and the living."""
        ended = _read(self.folder / ENDED, _ended) or Ended()
        dead: dict[str, list[Family]] = {}
        living: list[list[Family]] = []
        for place in sorted(self.folder.glob(f"*{LIVING}")):
            name = place.name.removesuffix(LIVING)
            if name == self.name:
                continue
            values = _read(place.with_suffix(VALUES), _values) or []
            if _is_locked(place):
                living.append(values)
            else:
                dead[name] = values
        return ended, dead, living

    def _path(self, suffix: str) -> Path:
        return self.folder / f"{self.name}{suffix}"

    def _take_place(self) -> None:
        """Locks the file before it gets its name, so that nobody takes a worker that begins for a dead one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        begun = self._path(".begun")
        descriptor = os.open(begun, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        begun.rename(self._path(LIVING))
        if self._living is not None:
            os.close(self._living)
        self._living = descriptor

    def _run(self) -> None:
        quiet.on = True
        while not self._stop.wait(self._interval_seconds):
            self._write_quietly()

    def _write_quietly(self) -> None:
        try:
            self.write()
        except Exception:  # noqa: BLE001 - a full disk must not end the thread, nor reach the host
            counters.failure("metrics_write")


def _settle(folder: Path, ended: Ended, dead: dict[str, list[Family]]) -> Ended:
    """Adds the dead to the ended, once.

    1. The new sum is written, with the names of those in it, in place of the old.
    2. Their files are removed. Whoever dies in between leaves files whose names are in the sum: they are removed
       next time and not added again.
    """
    settled = _with_dead(ended, dead)
    _replace(folder / ENDED, _encode(settled))
    for name in dead:
        (folder / f"{name}{VALUES}").unlink(missing_ok=True)
        (folder / f"{name}{LIVING}").unlink(missing_ok=True)
    return settled


def _with_dead(ended: Ended, dead: dict[str, list[Family]]) -> Ended:
    new = [
        [family for family in families if family.kind != "gauge"]
        for name, families in dead.items()
        if name not in ended.workers
    ]
    return Ended(merged([ended.families, *new]), sorted(dead))


@contextlib.contextmanager
def _gate(folder: Path) -> Iterator[bool]:
    """One scrape at a time; False where another one takes too long."""
    descriptor = os.open(folder / GATE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _locked(descriptor, LOCK_WAIT_SECONDS)
    finally:
        os.close(descriptor)


def _locked(descriptor: int, wait_seconds: float) -> bool:
    until = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
        else:
            return True


def _is_locked(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _locked(descriptor, 0)
    finally:
        os.close(descriptor)


def _read(path: Path, decoder: "msgspec.msgpack.Decoder[T]") -> "T | None":
    try:
        return decoder.decode(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError):
        counters.failure("metrics_read")
        return None


def _replace(path: Path, values: bytes) -> None:
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_bytes(values)
    new.replace(path)


_worker: Worker | None = None


def share(folder: Path) -> None:
    """Makes this process one of the workers of a folder. Raises OSError where it cannot be written to."""
    global _worker  # noqa: PLW0603 - a process takes part once
    if _worker is not None and _worker.folder == folder:
        _worker.reopen()
        return
    if _worker is not None:
        _worker.close()
    _worker = Worker(folder)


def close() -> None:
    """Writes for the last time."""
    if _worker is not None:
        _worker.close()


def shared() -> bool:
    """Whether this process is one of several."""
    return _worker is not None


def families() -> list[Family]:
    """Every metric of this process, or of all workers where it is one of several."""
    if _worker is None:
        return of_this_process()
    try:
        return _worker.families()
    except Exception:  # noqa: BLE001 - some numbers are better than none
        counters.failure("metrics_read")
        return of_this_process()


def _after_fork() -> None:
    global _worker  # noqa: PLW0603 - a process takes part once
    if _worker is not None:
        try:
            _worker.join()
        except Exception:  # noqa: BLE001 - the child must not fail for its numbers
            counters.failure("metrics_write")
            _worker = None


os.register_at_fork(after_in_child=_after_fork)
