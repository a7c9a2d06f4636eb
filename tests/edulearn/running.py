"""A whole EduLearn, as `python -m edulearn up` starts it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil

GONE_SECONDS = 20.0


class EduLearn:
    """A running EduLearn on free ports. `reports` are the lines it wrote until it was ready."""

    def __init__(self, data: Path, *, students: int = 0, endpoint: str = "", ingest_key: str = "") -> None:
        command = [sys.executable, "-m", "edulearn", "up", "--data", str(data), "--port", "0"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("EDUSCOPE_")}
        self.data = data
        self.process = subprocess.Popen(
            [*command, "--students", str(students), "--endpoint", endpoint],
            env=environment | {"EDUSCOPE_INGEST_KEY": ingest_key},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.reports: list[dict[str, Any]] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.reports.append(json.loads(line))
            if self.reports[-1]["service"] == "edulearn":
                break
        assert self.reports[-1]["status"] == "ready", self.reports[-1]
        self.url = self.reports[-1]["url"]
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def left_behind(self) -> list[psutil.Process]:
        """The processes that are still there after a while."""
        _, left = psutil.wait_procs(self.family, timeout=GONE_SECONDS)
        return list(left)

    def stop(self, number: int) -> int:
        """Sends a signal and waits for the end; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(GONE_SECONDS)

    def close(self) -> None:
        """Ends everything, whatever the test left."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(GONE_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()
        for process in self.left_behind():
            process.kill()

    def lines(self) -> list[dict[str, Any]]:
        """What the services have written so far."""
        files = (self.data / "log").glob("*.ndjson")
        return [json.loads(line) for file in files for line in file.read_text().splitlines()]
