"""`eduscope debug`: debug lines of one service, for a while, and on record."""

from typing import Annotated

import typer

from eduscope_server.cli.connection import DataOption, UrlOption, connect
from eduscope_server.cli.listing import JsonOption, Row, minute, print_rows

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
    typer.echo(f"debug window {window['window_id']} is open until {minute(window['ends_at'])}")


@app.command("list")
def list_windows(
    as_json: JsonOption = False,
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """List the windows, those that are over too."""
    print_rows(
        connect(url, data).get("/api/debug-windows")["windows"],
        {
            "id": lambda w: str(w["window_id"]),
            "service": lambda w: w["service_name"],
            "environment": lambda w: w["environment"],
            "state": _state,
            "opened": lambda w: minute(w["opened_at"]),
            "by": lambda w: w["opened_by"],
            "reason": lambda w: w["reason"],
        },
        as_json=as_json,
    )


@app.command("close")
def close_window(
    window_id: Annotated[int, typer.Argument(help="The id, as `eduscope debug list` shows it.")],
    url: UrlOption = "",
    data: DataOption = "",
) -> None:
    """End a window before its time."""
    connect(url, data).delete(f"/api/debug-windows/{window_id}")
    typer.echo(f"debug window {window_id} is closed")


def _state(window: Row) -> str:
    left_minutes = window["seconds_left"] / 60
    if left_minutes > 0:
        return f"{left_minutes:.0f} min left"
    return "closed" if window["closed_at"] else "over"
