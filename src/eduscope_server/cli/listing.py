"""Rows as a table for people, or as lines of JSON for programs."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer

from eduscope_server.cli.terminal import json_line, shown

# Into a file or a pipe nothing is cut off.
_WIDE = 200

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object per line.")]

Row = dict[str, Any]


def print_rows(
    rows: Sequence[Row], columns: Mapping[str, Callable[[Row], str]], *, as_json: bool, none: str = "none"
) -> None:
    """Prints each row with a column for each heading, or all there is of it as JSON. Numbers stand at the right.

    Where there are no rows, `none` is said on standard error.
    """
    from rich.console import Console
    from rich.table import Table

    if as_json:
        for row in rows:
            typer.echo(json_line(row))
        return
    if not rows:
        typer.echo(none, err=True)
        return
    table = Table(box=None, pad_edge=False)
    for heading in columns:
        table.add_column(heading, no_wrap=True, justify="right" if heading == "count" else "left")
    for row in rows:
        table.add_row(*(shown(value(row)) for value in columns.values()))
    Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _WIDE).print(table)


def minute(timestamp: str | None) -> str:
    """`2026-11-23 10:25Z` of a time in ISO 8601, in UTC as it is there; nothing where there is none."""
    return timestamp[:16].replace("T", " ") + "Z" if timestamp else ""
