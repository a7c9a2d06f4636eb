"""Redis, where the machine has one: a cache on a Unix socket under the data folder, no port, nothing on disk."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from edulearn.database.embedded import socket_folder

PROGRAM = "redis-server"
# Exam sessions only, each some hundred bytes.
MEMORY = "16mb"


def redis_address(data: Path) -> str:
    """The address of EduLearn's own Redis; empty where the machine has no server or no client for it."""
    if shutil.which(PROGRAM) is None or find_spec("redis") is None:
        return ""
    return f"unix://{_socket(data)}"


def run(data: Path) -> None:
    """Becomes the server's process: it never returns."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise FileNotFoundError(f"{PROGRAM} is not on the path")
    options = {
        "--port": "0",
        "--unixsocket": str(_socket(data)),
        "--unixsocketperm": "700",
        "--save": "",
        "--appendonly": "no",
        "--maxmemory": MEMORY,
        "--maxmemory-policy": "allkeys-lru",
        "--dir": str(data),
        "--logfile": str(data / "log" / "redis.log"),
        "--loglevel": "warning",
    }
    words = [word for option in options.items() for word in option]
    os.execv(program, [program, *words])  # noqa: S606 - there is nothing here that a shell could misread


def _socket(data: Path) -> Path:
    return socket_folder(data) / "redis.sock"
