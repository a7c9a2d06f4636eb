"""`eduscope debug`: debug lines of one service, for a while, and on record."""

import sys
from typing import Annotated, Any

import typer

from eduscope_server.cli.connection import DataOption, UrlOption, connect
from eduscope_server.cli.terminal import json_line, shown

# Into a file or a pipe nothing is cut off.
_WIDE = 200

app = typer.Typer(
    help="Open, list and close debug windows: the only way to debug lines outside of development.",
    no_args_is_help=True,
)


@app.command("open")
def open_window(
    service: Annotated[str, typer.Option(help="The service, as its lines name it.")],
    environment: Annotated[str, typer.Option(help="Where it runs: production, staging …")],
    reason: Annotated[str, typer.Option(help="Why. Kept with the window and in the log.")],
    minutes: Annotated[int, typer.Option(min=1, max=60, help="For how long.")] = 15,
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """Open a window. The service hears of it with the answer to its next lines."""
    window = connect(url, data).post(
        "/api/debug-windows",
        {"service": service, "environment": environment, "minutes": minutes, "reason": reason},
    )
    typer.echo(
        f"debug window {window['window_id']} is open until {window['ends_at'][:16].replace('T', ' ')} UTC"
    )


@app.command("list")
def list_windows(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """List the windows, those that are over too."""
    from rich.console import Console
    from rich.table import Table

    windows = connect(url, data).get("/api/debug-windows")["windows"]
    if as_json:
        for window in windows:
            typer.echo(json_line(window))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "service", "environment", "state", "opened", "by", "reason"):
        table.add_column(heading, no_wrap=True)
    for window in windows:
        table.add_row(*_row(window))
    Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE).print(table)


@app.command("close")
def close_window(
    window_id: Annotated[int, typer.Argument(help="The id, as `eduscope debug list` shows it.")],
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """End a window before its time."""
    connect(url, data).delete(f"/api/debug-windows/{window_id}")
    typer.echo(f"debug window {window_id} is closed")


def _row(window: dict[str, Any]) -> list[str]:
    left_minutes = window["seconds_left"] / 60
    over = "closed" if window["closed_at"] else "over"
    return [
        str(window["window_id"]),
        window["service_name"],
        window["environment"],
        f"{left_minutes:.0f} min left" if left_minutes > 0 else over,
        window["opened_at"][:16].replace("T", " "),
        shown(window["opened_by"]),
        shown(window["reason"]),
    ]
