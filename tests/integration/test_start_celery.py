"""docs/start/celery.md, followed to the letter but for the broker: a folder stands in for Redis."""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import INGEST_KEY, Platform

PAGE = (Path(__file__).parents[2] / "docs" / "start" / "celery.md").read_text(encoding="utf-8")
TASKS, ASK = re.findall(r"^```python(?: no-run)?\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)[:2]
WORKER = shlex.split(re.findall(r"^\$ (celery .*)$", PAGE, re.MULTILINE)[0])
REDIS = "redis://127.0.0.1:6379/0"
PATIENCE_SECONDS = 60


def save(folder: Path) -> None:
    """The page's two files, with a broker that every machine has."""
    assert REDIS in TASKS
    (folder / "broker").mkdir()
    broker = {"data_folder_in": "broker", "data_folder_out": "broker", "control_folder": "broker"}
    tasks = TASKS.replace(REDIS, "filesystem://") + f"\napp.conf.broker_transport_options = {broker}\n"
    (folder / "tasks.py").write_text(tasks, encoding="utf-8")
    (folder / "ask.py").write_text(ASK, encoding="utf-8")


@contextmanager
def working(folder: Path, environment: dict[str, str]) -> Iterator[Path]:
    """The worker, started as the page says; gives the file with all it printed."""
    program, *arguments = WORKER
    printed = folder / "printed"
    with printed.open("wb") as output:
        process = subprocess.Popen(
            [Path(sys.executable).parent / program, *arguments],
            cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield printed
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def jobs(platform: Platform) -> list[dict[str, Any]]:
    """What the platform has of the page's correlation."""
    found: list[dict[str, Any]] = platform.reader.get("/api/correlations/my-first-click").json()["items"]
    return found


def test_a_newcomer_finds_the_first_tasks(tmp_path: Path, platform: Platform) -> None:
    save(tmp_path)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("EDUSCOPE_")}
    environment = inherited | {"EDUSCOPE_ENDPOINT": platform.url, "EDUSCOPE_INGEST_KEY": INGEST_KEY}
    with working(tmp_path, environment) as printed:
        subprocess.run([sys.executable, "ask.py"], cwd=tmp_path, env=environment, check=True, timeout=60)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (
            sum("job.outcome" in item["attributes"] for item in jobs(platform) if item["kind"] == "log") < 2
        ):
            assert time.monotonic() < deadline, printed.read_text(encoding="utf-8")
            time.sleep(0.2)

    found = jobs(platform)
    said = {item["message"]: item for item in found if item["kind"] == "log"}
    assert {"quiz graded", "job done", "job failed"} <= set(said)
    assert {said[message]["tenant_id"] for message in ("quiz graded", "job done")} == {"north"}
    assert said["job failed"]["log_level"] == "error"
    spans = {item["name"] for item in found if item["kind"] == "span"}
    assert {"send tasks.grade", "process tasks.grade"} <= spans
    assert "ada@example.edu" not in printed.read_text(encoding="utf-8")
