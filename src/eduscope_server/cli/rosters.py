"""`eduscope privacy roster`: whose names, user names and numbers are found in a tenant's texts."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from eduscope_server.cli.connection import DataOption, UrlOption, connect
from eduscope_server.cli.options import fail
from eduscope_server.cli.terminal import json_line, shown

_PART_BYTES = 256 << 10
_PATH = "/api/privacy/rosters"

TenantOption = Annotated[str, typer.Option(help="Whose: the tenant_id of its records.")]
ReasonOption = Annotated[str, typer.Option(help="Why. Kept in the access log, redacted.")]

app = typer.Typer(
    help="Find a tenant's own people in its texts: by name, user name and id. For privacy officers and admins.",
    no_args_is_help=True,
)


@app.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="users.csv of OneRoster 1.2, or a table of the school's own.")],
    tenant: TenantOption,
    reason: ReasonOption = "",
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Load a tenant's people from a CSV, in place of those before. No restart: the next text is looked at with them.

    The file is UTF-8 with commas. Its first line names the columns, in any order: givenName, familyName, name,
    preferredName, username, studentId, rollNumber and the like; others are left out, and so is who is marked
    tobedeleted. What cannot be read is refused with its line, and the people of before stay.

    The platform keeps the people sealed under its key ring. 200,000 take it some seconds, 18 MB of disk and 240 MB
    of memory (twice that for a moment, while the old ones are still in use).

    \b
    Examples:
      eduscope privacy roster load users.csv --tenant north-high
      eduscope privacy roster load users.csv --tenant north-high --reason "start of term"
    """
    from eduscope_server.privacy.roster_files import CSV_BYTES_MAX

    try:
        size_bytes = file.stat().st_size
        if size_bytes > CSV_BYTES_MAX:
            fail(f"{file} has {size_bytes} bytes; expected at most {CSV_BYTES_MAX}: leave out other columns")
        with file.open("rb") as csv, _progress(size_bytes) as told:
            loaded = connect(url, data).put_file(
                _path_of(tenant),
                told(iter(lambda: csv.read(_PART_BYTES), b"")),
                size_bytes=size_bytes,
                content_type="text/csv",
                parameters={"reason": reason},
            )
    except OSError as error:
        fail(f"{file} cannot be read ({error.strerror})")
    typer.echo(f"{loaded['people']} people of {tenant} are looked for from now on")


@app.command("list")
def list_rosters(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Whose people are looked for: how many, since when. Never who.

    A roster that cannot be used is told with the reason: until it is loaded again, or removed, the texts of its
    tenant are withheld.
    """
    rosters = connect(url, data).get(_PATH)["rosters"]
    if as_json:
        for roster in rosters:
            typer.echo(json_line(roster))
        return
    if not rosters:
        typer.echo("no tenant has a roster; load one: eduscope privacy roster load FILE --tenant T", err=True)
    for roster in rosters:
        typer.echo(_told(roster))


@app.command("remove")
def remove(
    tenant: TenantOption,
    reason: ReasonOption = "",
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Remove a tenant's people from the platform's disk and memory. Its number patterns stay."""
    connect(url, data).delete(_path_of(tenant), {"reason": reason})
    typer.echo(f"the roster of {tenant} is removed; its people are not looked for any more")


@app.command("numbers")
def numbers(
    tenant: TenantOption,
    patterns: Annotated[
        list[str] | None, typer.Argument(metavar="PATTERN...", help="All of them; none to see them.")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Remove all patterns.")] = False,
    reason: ReasonOption = "",
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Set, or show, the patterns of a tenant's student ids and roll numbers: where ids have a form, no list is needed.

    A pattern is characters, [classes] and \\d, each perhaps with ?, {n} or {m,n}; at least two digits. What could be
    slow on some text, or would match words, is refused.

    \b
    Examples:
      eduscope privacy roster numbers --tenant north-high 'S\\d{7}' '[0-9]{2}[A-Z]{2}\\d{4}'
      eduscope privacy roster numbers --tenant north-high            # what is set
      eduscope privacy roster numbers --tenant north-high --none
    """
    platform = connect(url, data)
    if none and patterns:
        fail("give patterns, or --none, not both", code=2)
    if not patterns and not none:
        rosters = platform.get(_PATH)["rosters"]
        found = [pattern for r in rosters if r["tenant_id"] == tenant for pattern in r["numbers"]]
        typer.echo("\n".join(found) or f"{tenant} has no patterns of its own")
        return
    wanted = {"patterns": patterns or [], "reason": reason}
    platform.put(f"{_path_of(tenant)}/numbers", wanted)
    typer.echo(f"{len(patterns or [])} patterns of {tenant} are looked for from now on")


def _path_of(tenant: str) -> str:
    return f"{_PATH}/{quote(tenant, safe='')}"


def _told(roster: dict[str, Any]) -> str:
    since = (roster["loaded_at"] or "")[:16].replace("T", " ")
    parts = [
        f"{roster['people']} people since {since or 'an unfinished load'} ({roster['size_bytes']} bytes, sealed)"
        if roster["people"]
        else "",
        f"{len(roster['numbers'])} patterns of numbers" if roster["numbers"] else "",
        f"UNUSABLE, its texts are withheld: {shown(roster['problem'])}" if roster["problem"] else "",
    ]
    return f"{roster['tenant_id']}: {'; '.join(filter(None, parts))}"


@contextmanager
def _progress(size_bytes: int) -> Iterator[Any]:
    """Shows how much is sent, and then that the platform is at work, where somebody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task("sending the file", total=size_bytes)

        def told(parts: Iterator[bytes]) -> Iterator[bytes]:
            for part in parts:
                yield part
                bar.advance(task, len(part))
            bar.update(task, total=None, description="the platform reads, builds and seals it")

        yield told
