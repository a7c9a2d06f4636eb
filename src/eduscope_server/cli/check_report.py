"""What `eduscope contract check` found: for people, for programs, for GitHub. Never a value."""

import json
import sys
from collections.abc import Callable
from typing import Any

import msgspec
import typer

from eduscope_server.checking import Checker, Violations
from eduscope_server.checking.tally import Place
from eduscope_server.cli.terminal import shown

_WIDE = 200
_MB = 1_000_000


def place(at: Place) -> str:
    """`app.log:12`."""
    return f"{shown(at.source)}:{at.line}"


def what(found: Violations) -> str:
    """`EMAIL in message`."""
    return f"{found.kind} in {found.field}" if found.field else found.kind


def write_text(checker: Checker, seconds: float, problems: list[str]) -> None:
    """A table of kinds and fields with their first places, and how fast it went."""
    if checker.tally.total:
        _write_table(checker)
    size = f"{checker.lines:,} lines, {checker.bytes / _MB:,.1f} MB in {seconds:.2f} s"
    speed = f"{checker.bytes / _MB / max(seconds, 1e-9):,.0f} MB/s"
    end = f"{checker.tally.total:,} violations" if checker.tally.total else "no violation"
    typer.echo(f"{end}: {size} ({speed})" + (f", {len(problems)} inputs not read" if problems else ""))


def _write_table(checker: Checker) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("kind", no_wrap=True)
    table.add_column("field", no_wrap=True)
    table.add_column("count", justify="right", no_wrap=True)
    table.add_column("first at", overflow="fold")
    table.add_column("what it means", overflow="fold")
    for found in checker.tally:
        first = ", ".join(place(at) for at in found.first)
        table.add_row(found.kind, found.field, f"{found.count:,}", first, found.says)
    Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _WIDE).print(table)


def write_json(checker: Checker, seconds: float, problems: list[str]) -> None:
    """One object."""
    answer: dict[str, Any] = {
        "lines": checker.lines,
        "bytes": checker.bytes,
        "seconds": round(seconds, 3),
        "total": checker.tally.total,
        "violations": [
            msgspec.structs.asdict(found) | {"first": [at._asdict() for at in found.first]}
            for found in checker.tally
        ],
        "not_read": problems,
    }
    typer.echo(json.dumps(answer, indent=2))


def write_github(checker: Checker, _seconds: float, problems: list[str]) -> None:
    """Workflow commands, which GitHub shows as annotations at the first place of each kind."""
    for found in checker.tally:
        at = found.first[0]
        title = _property(f"Contract: {what(found)}")
        said = _data(f"{what(found)}, {found.count} times: {found.says}")
        typer.echo(f"::error file={_property(at.source)},line={at.line},title={title}::{said}")
    for problem in problems:
        typer.echo(f"::error title=Contract%3A not read::{_data(problem)}")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


WRITERS: dict[str, Callable[[Checker, float, list[str]], None]] = {
    "text": write_text,
    "json": write_json,
    "github": write_github,
}
