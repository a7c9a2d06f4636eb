"""Writes the reference pages that come from code: `make docs`. A test compares them with what is committed."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from eduscope import config as library
from eduscope.contract import page
from eduscope_server.config import option_rows

REFERENCE = Path(__file__).parent / "reference"

CONFIGURATION_HEAD = """# Configuration

Every option, written by `make docs` from the tables in `src/eduscope_server/config.py` and
`src/eduscope/config.py`; change those, not the page.

## The platform

`eduscope serve` reads a flag first, then the environment, then the default. An odd value and an unknown `EDUSCOPE_*`
name stop the start. Secrets have no flag, because a command line stands in `ps` and in the shell's history. Sizes are
bytes, or numbers with KiB, MiB, GiB.

"""
LIBRARY_HEAD = """
## The library

`eduscope.init(…)` takes each option by its name, else reads the environment, else has the default.

"""

METRICS_HEAD = """# Metrics of the library

Every metric that a service has on `/metrics`, written by `make docs` from where each is declared. A histogram has
`_bucket`, `_sum` and `_count`. A label with too many values is folded into `other`, which
`eduscope_metrics_folded_total` tells. The service's own metrics, and those of `prometheus_client`, are there as well.

"""
DECLARED_METRICS = """
import importlib, json, pkgutil
import eduscope
from eduscope.metrics.families import of_this_process

for module in pkgutil.walk_packages(eduscope.__path__, "eduscope."):
    if not module.name.startswith("eduscope.testing"):
        importlib.import_module(module.name)
print(json.dumps([(f.name, f.kind, f.labels, f.says) for f in of_this_process()]))
"""
"""Run in a process of its own: here, tests may have declared metrics of theirs."""


def main() -> None:
    for name, text in pages().items():
        REFERENCE.mkdir(exist_ok=True)
        (REFERENCE / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """Every generated page by its file name under docs/reference."""
    return {"configuration.md": configuration(), "contract.md": page.markdown(), "metrics.md": metrics()}


def configuration() -> str:
    """Both tables."""
    platform = table(
        ("flag", "environment", "default", "what it does"),
        (
            ("" if row.secret else f"`{row.flag}`", f"`{row.environment}`", code(row.default), row.sentence)
            for row in option_rows()
        ),
    )
    services = table(
        ("option", "environment", "default", "what it does"),
        (
            (f"`{name}`", f"`{library.PREFIX}{name.upper()}`", code(default_of(field.default)), option.says)
            for name, (field, option) in library.options().items()
        ),
    )
    return CONFIGURATION_HEAD + platform + LIBRARY_HEAD + services


def metrics() -> str:
    """Every metric by name, as Prometheus shows it."""
    told = subprocess.run(
        [sys.executable, "-c", DECLARED_METRICS], check=True, capture_output=True, text=True
    )
    rows = (
        (
            f"`{name}_total`" if kind == "counter" else f"`{name}`",
            kind,
            " ".join(f"`{x}`" for x in labels),
            says,
        )
        for name, kind, labels, says in json.loads(told.stdout)
    )
    return METRICS_HEAD + table(("metric", "kind", "labels", "what it says"), sorted(rows))


def default_of(value: object) -> str:
    """A default as the environment would say it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, tuple) else str(value)


def code(text: str) -> str:
    """Text as code, or the word for nothing."""
    return f"`{text}`" if text else "empty"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


if __name__ == "__main__":
    main()
