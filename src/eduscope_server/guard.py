"""Child processes that never outlive the platform: it ends, is stopped or is killed, and so do they."""

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import IO, Any, Self


@dataclass(frozen=True)
class Guarded:
    """A running program behind `guard.sh`, in a session of its own: Ctrl-C reaches its starter only."""

    guard: "subprocess.Popen[bytes]"

    @classmethod
    def start(
        cls,
        command: Sequence[str],
        *,
        stop_signal: signal.Signals = signal.SIGTERM,
        output: int | IO[bytes] = subprocess.DEVNULL,
        errors: int | IO[bytes] = subprocess.STDOUT,
        **options: Any,
    ) -> Self:
        """Start a program that gets `stop_signal` when `stop` is called or this process ends.

        `options` go to `subprocess.Popen`: env, user, group, extra_groups, cwd.
        """
        script = files("eduscope_server").joinpath("guard.sh").read_text(encoding="utf-8")
        name = stop_signal.name.removeprefix("SIG")
        guard = subprocess.Popen(
            ["/bin/sh", "-c", script, "guard.sh", name, *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=errors,
            start_new_session=True,
            **options,
        )
        return cls(guard)

    @property
    def ended_with(self) -> int | None:
        """The exit status (128 + n for a signal n), None while it runs."""
        return self.guard.poll()

    @property
    def output(self) -> IO[bytes] | None:
        """What it prints, if started with `output=PIPE`."""
        return self.guard.stdout

    def ask_to_stop(self) -> None:
        """Send the stop signal, and return at once."""
        if self.guard.stdin is not None:
            self.guard.stdin.close()

    def stop(self, *, seconds: float) -> bool:
        """Send the stop signal and wait; kill it after that time. False if it had to be killed."""
        self.ask_to_stop()
        try:
            self.guard.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.guard.pid, signal.SIGKILL)
            self.guard.wait()
            return False
        return True
