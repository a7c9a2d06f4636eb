"""A browser, and the platform watching a live EduLearn."""

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.conftest import INGEST_KEY, Platform
from tests.edulearn.running import EduLearn

CHROMIUM = Path("/usr/bin/chromium")
CONSOLE = Path(__file__).parents[2] / "src/eduscope_server/console/index.html"
FRONTEND = Path(__file__).parents[2] / "examples/edulearn/frontend/dist/index.html"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_SECONDS = 60.0


def soon(look: Callable[[], Any], what: str | Callable[[], str]) -> Any:
    """The first true thing that `look` gives. Fails when patience ends, and says `what` was missing then."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        if found := look():
            return found
        if time.monotonic() > deadline:
            pytest.fail(f"waited {PATIENCE_SECONDS:.0f} s for {what if isinstance(what, str) else what()}")
        time.sleep(0.2)


class Watched(NamedTuple):
    """The platform, the EduLearn it watches, and the link that the terminal printed."""

    platform: Platform
    edulearn: EduLearn
    link: str


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium. Playwright's own browsers cannot be had everywhere, Debian's can.

    Closed with its file: while Playwright is open its event loop runs, and no asynchronous test can.
    """
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A platform of its own with the built console, and EduLearn with the built front end pointed at it."""
    for built in (CONSOLE, FRONTEND):
        if not built.exists():
            pytest.skip(f"{built.parent.name} is not built: make setup")
    folder = tmp_path_factory.mktemp("watched")
    platform = Platform(folder / "platform")
    platform.folder.mkdir()
    edulearn = None
    try:
        platform.start()
        edulearn = EduLearn(folder / "edulearn", endpoint=platform.url, ingest_key=INGEST_KEY)
        yield Watched(platform, edulearn, printed_link(folder / "platform.log"))
    finally:
        if edulearn is not None:
            edulearn.close()
        platform.close()


def printed_link(output: Path) -> str:
    """The one-time link to the console in what a command has printed."""
    found = soon(lambda: re.search(r"http\S+/login\?code=\S+", output.read_text()), "the link to the console")
    return str(found[0])


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached directly, whatever the environment says."""
    for name in [n for n in os.environ if n.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
