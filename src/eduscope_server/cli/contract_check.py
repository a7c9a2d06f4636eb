"""`eduscope contract check`: fails a build whose log lines break the contract."""

import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eduscope_server.cli.options import fail

if TYPE_CHECKING:
    from eduscope_server.checking import Checker

VIOLATED = 1
UNREADABLE = 2


class ReportFormat(StrEnum):
    """How to say what was found."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def check(
    files: Annotated[
        list[str] | None, typer.Argument(help="Log files, .gz and .zst too; - or none: standard input.")
    ] = None,
    declare: Annotated[
        list[str] | None, typer.Option(help="A field to allow, as name=class. May be given often.")
    ] = None,
    fields: Annotated[
        list[Path] | None,
        typer.Option(help='A JSON file of fields to allow: {"name": "class"}, or GET /api/privacy/fields.'),
    ] = None,
    report: Annotated[ReportFormat, typer.Option("--format", help="How to report.")] = ReportFormat.TEXT,
    max_violations: Annotated[
        int, typer.Option(min=0, help="Exit with 0 up to so many: for a service that is on its way.")
    ] = 0,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Say each kind when it is first seen, in a stream.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing where all is well.")] = False,
) -> None:
    """Check log lines against the contract: fields, shapes, what nobody declared, personal data.

    Values are never printed, only kinds, fields and line numbers. Exit code 1: violations; 2: an input that could
    not be read.
    """
    from eduscope.contract import DeclarationError
    from eduscope_server.checking import Checker, read_declarations, use_declarations
    from eduscope_server.cli import check_report

    try:
        use_declarations(read_declarations(declare or (), fields or ()))
    except DeclarationError as error:
        fail(str(error), code=UNREADABLE)
    started = time.perf_counter()
    checker = Checker()
    problems = [said for name in files or ["-"] for said in _check_input(checker, name, follow=follow)]
    seconds = time.perf_counter() - started
    for problem in problems:
        sys.stderr.write(f"eduscope: {problem}\n")
    fails = checker.tally.total > max_violations
    if fails or checker.tally.total or not quiet or report is not ReportFormat.TEXT:
        check_report.WRITERS[report](checker, seconds, problems)
    if problems or fails:
        raise typer.Exit(UNREADABLE if problems else VIOLATED)


def _check_input(checker: "Checker", name: str, *, follow: bool) -> list[str]:
    """Checks one input; gives what hindered it."""
    from eduscope_server.checking import Unreadable, batches
    from eduscope_server.cli.check_report import place, what

    source = "stdin" if name == "-" else name
    first_line = 1
    try:
        for lines in batches(name):
            checker.check(source, lines, first_line=first_line)
            first_line += len(lines)
            for new in checker.tally.new if follow else ():
                typer.echo(f"{place(new.first[0])}: {what(new)}: {new.says}")
            checker.tally.new.clear()
    except Unreadable as error:
        return [str(error)]
    except KeyboardInterrupt:
        return []
    return []
