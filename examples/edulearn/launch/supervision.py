"""supervisord: its configuration, and the calls the launcher makes to it over a Unix socket."""

import configparser
import io
import os
import sys
import xmlrpc.client
from pathlib import Path
from typing import Any, cast

from supervisor.xmlrpc import SupervisorTransport

from edulearn.database.embedded import socket_folder

# Newest first: students stop before the services they visit, PostgreSQL stops last.
PROGRAMS = (
    "postgres",
    "redis",
    "model-server",
    "accounts",
    "courses",
    "proctoring",
    "tutor",
    "gateway",
    "worker",
    "students",
)
STOP_WAIT_SECONDS = 8
LOG_BYTES = 4 * 1024 * 1024


def control_socket(data: Path) -> Path:
    """The Unix socket at which supervisord takes calls."""
    return socket_folder(data) / "supervisor.sock"


def configuration(data: Path) -> str:
    """supervisord's configuration for an EduLearn whose folder is `data`. Nothing starts by itself."""
    config = configparser.RawConfigParser()
    config["supervisord"] = {
        "nodaemon": "true",
        "silent": "true",
        "logfile": str(data / "log" / "supervisord.log"),
        "logfile_maxbytes": str(LOG_BYTES),
        "logfile_backups": "1",
        "pidfile": str(data / "supervisord.pid"),
        "childlogdir": str(data / "log"),
    }
    if os.geteuid() == 0:
        config["supervisord"]["user"] = "root"
    config["unix_http_server"] = {"file": str(control_socket(data)), "chmod": "0700"}
    config["rpcinterface:supervisor"] = {
        "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
    }
    for order, name in enumerate(PROGRAMS):
        config[f"program:{name}"] = _program(name, data, order)
    text = io.StringIO()
    config.write(text)
    return text.getvalue()


def _program(name: str, data: Path, order: int) -> dict[str, str]:
    return {
        "command": f'"{sys.executable}" -m edulearn service {name}',
        "priority": str(100 + order),
        "autostart": "false",
        "autorestart": "unexpected",
        "startsecs": "1",
        "startretries": "5",
        # SIGINT is PostgreSQL's fast shutdown; it would wait for its clients on SIGTERM.
        "stopsignal": "INT" if name == "postgres" else "TERM",
        "stopwaitsecs": str(STOP_WAIT_SECONDS),
        "stdout_logfile": str(data / "log" / f"{name}.ndjson"),
        "stdout_logfile_maxbytes": str(LOG_BYTES),
        "stdout_logfile_backups": "1",
        "stderr_logfile": str(data / "log" / f"{name}.stderr"),
        "stderr_logfile_maxbytes": str(LOG_BYTES),
        "stderr_logfile_backups": "0",
    }


class Supervisor:
    """The running supervisord. Its errors are OSError (not there) and xmlrpc.client.Error (refused)."""

    def __init__(self, data: Path) -> None:
        self._address = f"unix://{control_socket(data)}"

    @property
    def _calls(self) -> Any:
        # Anew for each call: after a refused connection supervisor's transport stays unusable.
        transport = SupervisorTransport(None, None, self._address)
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def answers(self) -> bool:
        """Whether supervisord takes calls yet."""
        try:
            self._calls.getState()
        except (OSError, xmlrpc.client.Error):
            return False
        return True

    def start(self, program: str) -> None:
        """Starts a program without waiting for it."""
        self._calls.startProcess(program, False)

    def stop(self, program: str) -> None:
        """Stops a program and waits until it has ended."""
        self._calls.stopProcess(program, True)

    def state(self, program: str) -> str:
        """RUNNING, STARTING, BACKOFF, STOPPED, FATAL …: the states of supervisord's own documentation."""
        return cast("str", self._calls.getProcessInfo(program)["statename"])
