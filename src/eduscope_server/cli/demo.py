"""`eduscope demo`: the platform watching a live EduLearn, with one command.

1. Refuse a port that is taken.
2. Start the platform and wait until it is ready.
3. Start EduLearn with the platform's ingest key.
4. Print the link to the console and what to look at.
5. Wait for Ctrl-C, SIGTERM or the end of either.
6. Stop EduLearn, then the platform, which stores what EduLearn sent last.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eduscope_server.cli.options import fail, load_settings, own_command, with_settings
from eduscope_server.config import Settings, option_rows

if TYPE_CHECKING:
    from eduscope_server.cli.demo_screen import Screen
    from eduscope_server.guard import Guarded

_READY_SECONDS = 60.0
_LEARN_SECONDS = 120.0
_STOP_SECONDS = 30.0
_POLL_SECONDS = 0.1


def demo_command() -> Callable[..., None]:
    """The command, with the flags of the settings that a demo has a use for."""
    return with_settings(demo, only=("data", "listen"))


def demo(
    flags: dict[str, str | None],
    *,
    edulearn_port: Annotated[int, typer.Option(help="Port of EduLearn's web front end.")] = 4500,
    students: Annotated[int, typer.Option(help="How many simulated students are at work.")] = 40,
) -> None:
    """Start the platform and EduLearn, a small learning platform for it to watch. Stop both with Ctrl-C."""
    from eduscope_server.cli.demo_screen import Screen

    settings = load_settings(flags)
    for host, port, flag in (
        (settings.listen.host, settings.listen.port, "--listen 127.0.0.1:4401"),
        ("127.0.0.1", edulearn_port, "--edulearn-port 4501"),
    ):
        _refuse_taken(host, port, flag)
    examples = _examples_folder()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    running = Running(settings, Screen())
    try:
        running.start(examples, edulearn_port=edulearn_port, students=students)
        running.wait()
    except _StopAsked:
        pass
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not cut the stop short
        running.stop()


class _StopAsked(BaseException):
    """Ctrl-C or SIGTERM. Not an `Exception`, so that nothing on the way takes it for a failure."""


def _stop(number: int, frame: object) -> None:
    raise _StopAsked


class Running:
    """The two programs of the demo."""

    def __init__(self, settings: Settings, screen: "Screen") -> None:
        self._settings = settings
        self._screen = screen
        self._data = settings.data.absolute()
        self._platform: Guarded | None = None
        self._edulearn: Guarded | None = None

    def start(self, examples: Path, *, edulearn_port: int, students: int) -> None:
        """Start the platform, then EduLearn, and say what to look at."""
        from eduscope_server.cli.connection import connect
        from eduscope_server.folder_lock import FolderUnusable, make_folder

        try:
            make_folder(self._data)
        except FolderUnusable as error:
            fail(str(error))
        with self._screen:
            self._start_platform()
            self._start_edulearn(examples, edulearn_port=edulearn_port, students=students)
        link = connect(self._settings.local_url, str(self._data)).make_link()
        self._screen.say_what_to_look_at(
            link=link, edulearn=f"http://127.0.0.1:{edulearn_port}", settings=self._settings
        )

    def wait(self) -> None:
        """Return never; end the program if one of the two does."""
        while True:
            for name, program in (("platform", self._platform), ("EduLearn", self._edulearn)):
                if program is not None and program.ended_with is not None:
                    self._fail(name, f"ended with status {program.ended_with}")
            time.sleep(_POLL_SECONDS * 5)

    def stop(self) -> None:
        """Stop EduLearn first: the platform then stores what it sent last."""
        for name, program in (("EduLearn", self._edulearn), ("platform", self._platform)):
            if program is not None:
                self._screen.say(f"stopping {name} …")
                if not program.stop(seconds=_STOP_SECONDS):
                    self._screen.say(f"{name} did not stop within {_STOP_SECONDS:.0f} s and was killed")

    def _start_platform(self) -> None:
        self._screen.step("platform", "starting ClickHouse and PostgreSQL")
        command = [sys.executable, "-m", "eduscope_server.main", "serve"]
        command += ["--data", str(self._data), "--listen", str(self._settings.listen)]
        self._platform = self._spawn("platform", command, environment=dict(os.environ))
        deadline = time.monotonic() + _READY_SECONDS
        while not _answers(f"{self._settings.local_url}/readyz"):
            if self._platform.ended_with is not None:
                self._fail("platform", "did not start")
            if time.monotonic() > deadline:
                self._fail("platform", f"was not ready after {_READY_SECONDS:.0f} s")
            time.sleep(_POLL_SECONDS)
        self._screen.done("platform", self._settings.url)

    def _start_edulearn(self, examples: Path, *, edulearn_port: int, students: int) -> None:
        import json

        self._screen.step("EduLearn", "starting")
        command = [sys.executable, "-m", "edulearn", "up", "--data", str(self._data / "edulearn")]
        command += [
            "--endpoint",
            self._settings.url,
            "--port",
            str(edulearn_port),
            "--students",
            str(students),
        ]
        # Of the platform's own options EduLearn gets none; the key goes by the environment, for a command line
        # stands in `ps`.
        platform_names = {row.environment for row in option_rows()}
        environment = {
            **{name: value for name, value in os.environ.items() if name not in platform_names},
            "EDUSCOPE_INGEST_KEY": self._ingest_key(),
            "PYTHONPATH": os.pathsep.join([str(examples), *filter(None, [os.environ.get("PYTHONPATH")])]),
        }
        self._edulearn = self._spawn("edulearn", command, environment=environment, progress=True)
        for line in self._edulearn.output or ():
            try:
                report = json.loads(line)
            except ValueError:
                continue
            if report.get("status") == "failed":
                self._fail("EduLearn", str(report.get("reason", "failed")))
            if report.get("service") == "edulearn" and report.get("status") == "ready":
                self._screen.done("EduLearn", str(report.get("url", "")))
                return
            self._screen.done(f"  {report.get('service')}", "")
        self._fail("EduLearn", "did not start")

    def _spawn(
        self, name: str, command: list[str], *, environment: dict[str, str], progress: bool = False
    ) -> "Guarded":
        from eduscope_server.guard import Guarded

        # The platform prints the keys that it makes: for the owner's eyes alone.
        (log_path := self._data / f"{name}.log").touch(mode=0o600)
        with log_path.open("wb") as log:
            return Guarded.start(
                command, output=subprocess.PIPE if progress else log, errors=log, env=environment
            )

    def _ingest_key(self) -> str:
        from eduscope_server.access import INGEST_KEY_FILE

        return self._settings.ingest_key or (self._data / INGEST_KEY_FILE).read_text(encoding="ascii").strip()

    def _fail(self, name: str, what: str) -> None:
        log = self._data / f"{name.lower()}.log"
        self._screen.stop()
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
        fail("\n  ".join([f"{name} {what}; the end of {log} says:", *lines[-12:]]))


def _refuse_taken(host: str, port: int, flag: str) -> None:
    import socket

    if port == 0:
        fail("a demo needs a port that is known beforehand; name one, such as --listen 127.0.0.1:4401")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fail(
                f"{host}:{port} cannot be used ({error.strerror}); stop what runs there (another EduScope?), "
                f"or choose another port: {own_command()} demo {flag}"
            )


def _answers(url: str) -> bool:
    import httpx

    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False


def _examples_folder() -> Path:
    """Where EduLearn is: beside `src/` in a checkout."""
    examples = Path(__file__).parents[3] / "examples"
    if not (examples / "edulearn").is_dir():
        fail(
            "EduLearn is not here: it comes with the source, not with the package. Clone the repository and "
            "run `make run`, or start the platform alone: eduscope serve"
        )
    return examples
