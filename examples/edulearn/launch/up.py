"""`python -m edulearn up`: brings EduLearn up, says how far it is, keeps it up, takes it down."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import types
import urllib.request
import xmlrpc.client
from collections.abc import Callable
from pathlib import Path

from edulearn.database import embedded
from edulearn.database.migrate import create_database, install_queue, migrate
from edulearn.database.seed import seed
from edulearn.launch.faults import CHAOS_STOPS, OutsideFaults
from edulearn.launch.leash import PARENT_VARIABLE
from edulearn.launch.supervision import STOP_WAIT_SECONDS, Supervisor, configuration, control_socket
from edulearn.launch.tokens import token_keys
from edulearn.settings import HTTP_SERVICES, METRICS_ONLY, Settings

READY_TIMEOUT_SECONDS = 60.0
POLL_SECONDS = 0.1
WATCH_SECONDS = 0.5


class StartFailed(Exception):
    """EduLearn did not come up."""


def choose_ports(gateway_port: int) -> dict[str, int]:
    """A loopback port for each HTTP service: the gateway's as asked (0 for any), the others free ones."""
    names = (*HTTP_SERVICES, *METRICS_ONLY)
    held = {name: socket.socket() for name in names if name != "gateway" or gateway_port == 0}
    try:
        for free in held.values():
            free.bind(("127.0.0.1", 0))
        return {"gateway": gateway_port} | {name: free.getsockname()[1] for name, free in held.items()}
    finally:
        for free in held.values():
            free.close()


class Launcher:
    """One EduLearn: `run` starts it, watches it, and stops it on SIGTERM or SIGINT.

    1. supervisord, under which everything else runs; PostgreSQL, unless an address was given;
    2. the schema, the queue and the seed;
    3. the services, side by side, each reported as it becomes ready; then the students.
    """

    def __init__(self, settings: Settings, *, embedded_postgres: bool) -> None:
        self._settings = settings
        self._data = settings.data
        self._embedded_postgres = embedded_postgres
        self._supervisor = Supervisor(settings.data)
        self._process: subprocess.Popen[bytes] | None = None
        self._started = time.monotonic()
        self._stopping = False

    def run(self) -> int:
        """Returns the exit code: 0 after an orderly stop, 1 where it did not come up or did not stay up."""
        signal.signal(signal.SIGTERM, self._stop_soon)
        signal.signal(signal.SIGINT, self._stop_soon)
        try:
            self._start()
            return self._watch()
        except _StopAsked:
            return 0
        except (StartFailed, OSError, xmlrpc.client.Error) as problem:
            self._report(
                service="edulearn", status="failed", reason=str(problem), log=str(self._data / "log")
            )
            return 1
        finally:
            self._stop()

    def _start(self) -> None:
        (self._data / "log").mkdir(parents=True, exist_ok=True)
        self._start_supervisord()
        early = [name for name in HTTP_SERVICES if name != CHAOS_STOPS]
        if self._embedded_postgres:
            self._supervisor.start("postgres")
        if self._settings.redis:
            self._supervisor.start("redis")
        for name in early:
            self._supervisor.start(name)
        self._prepare_database()
        self._supervisor.start(CHAOS_STOPS)
        self._supervisor.start("worker")
        waiting = {*HTTP_SERVICES, "worker"}

        def look() -> bool:
            for name in sorted(waiting):
                if self._is_ready(name):
                    waiting.discard(name)
                    self._report(service=name, status="ready")
            return not waiting

        self._wait(look, "these services to answer", lambda: ", ".join(sorted(waiting)))
        if self._settings.students:
            self._supervisor.start("students")
            self._report(service="students", status="ready")
        self._report(service="edulearn", status="ready", url=self._settings.url("gateway"))

    def _start_supervisord(self) -> None:
        socket_path = control_socket(self._data)
        socket_path.parent.mkdir(parents=True, exist_ok=True)
        config_path = self._data / "supervisord.conf"
        config_path.write_text(configuration(self._data))
        environment = {
            **os.environ,
            **self._settings.to_environment(),
            PARENT_VARIABLE: str(os.getpid()),
            "EDUSCOPE_TOKEN_KEYS": token_keys(self._data),
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            # One thread for linear algebra: the matrices are small, and the machine is shared.
            "OPENBLAS_NUM_THREADS": "1",
        }
        # Its own session, so that Ctrl-C in a terminal reaches the launcher alone.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "edulearn", "supervise", str(config_path)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(self._data / "log" / "supervise.stderr").open("wb"),
            start_new_session=True,
        )
        self._wait(self._supervisor.answers, "supervisord to answer")

    def _prepare_database(self) -> None:
        if self._embedded_postgres:
            self._wait(self._postgres_answers, "PostgreSQL to answer")
            self._report(service="postgres", status="ready")
        create_database(self._settings.postgres)
        applied = migrate(self._settings.postgres)
        install_queue(self._settings.postgres)
        learners = seed(self._settings.postgres)
        self._report(service="database", status="ready", migrations=applied, learners_added=learners)

    def _postgres_answers(self) -> bool:
        if self._supervisor.state("postgres") == "FATAL":
            raise StartFailed("PostgreSQL does not start; see postgres.stderr in the log folder")
        return embedded.is_ready(self._data)

    def _is_ready(self, name: str) -> bool:
        state = self._supervisor.state(name)
        if state == "FATAL":
            raise StartFailed(f"{name} does not start; see {name}.stderr in the log folder")
        if name == "worker":
            return state == "RUNNING"
        try:
            with urllib.request.urlopen(self._settings.url(name) + "/healthz", timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False

    def _watch(self) -> int:
        """Waits for the end, and meanwhile does from outside what chaos asks for."""
        faults = OutsideFaults(self._settings, self._supervisor, self._report)
        while True:
            if self._process is None or self._process.poll() is not None:
                raise StartFailed("supervisord has ended; see supervisord.log in the log folder")
            faults.follow()
            time.sleep(WATCH_SECONDS)

    def _wait(self, condition: Callable[[], bool], what: str, detail: Callable[[], str] = lambda: "") -> None:
        deadline = time.monotonic() + READY_TIMEOUT_SECONDS
        while not condition():
            if self._process is not None and self._process.poll() is not None:
                raise StartFailed("supervisord has ended; see supervise.stderr in the log folder")
            if time.monotonic() > deadline:
                raise StartFailed(f"waited {READY_TIMEOUT_SECONDS:.0f} s for {what} {detail()}".strip())
            time.sleep(POLL_SECONDS)

    def _stop_soon(self, number: int, frame: types.FrameType | None) -> None:
        if not self._stopping:
            self._stopping = True
            raise _StopAsked

    def _stop(self) -> None:
        self._stopping = True
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=STOP_WAIT_SECONDS * 3)
        except subprocess.TimeoutExpired:
            # Its children end with it: each asked the kernel for that.
            self._process.kill()
            self._process.wait()
        self._report(service="edulearn", status="stopped")

    def _report(self, **fields: object) -> None:
        line = fields | {"seconds": round(time.monotonic() - self._started, 1)}
        try:
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
        except OSError:
            # Whoever read the progress has gone; EduLearn goes on.
            pass


class _StopAsked(BaseException):
    """SIGTERM or SIGINT arrived. Not an Exception, so that no handler on the way swallows it."""


def up(settings: Settings, *, embedded_postgres: bool) -> int:
    """Runs EduLearn until it is told to stop; the exit code."""
    return Launcher(settings, embedded_postgres=embedded_postgres).run()


def data_folder(path: str) -> Path:
    """The data folder, made if missing, as an absolute path."""
    folder = Path(path).expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
