"""All commands in one program."""

from collections.abc import Callable

import typer

from eduscope_server.cli.contract import app as contract
from eduscope_server.cli.correlate import correlate
from eduscope_server.cli.debug import app as debug
from eduscope_server.cli.demo import demo_command
from eduscope_server.cli.doctor import doctor_command
from eduscope_server.cli.findings import app as privacy
from eduscope_server.cli.keys import app as keys
from eduscope_server.cli.logs import logs
from eduscope_server.cli.serve import serve_command
from eduscope_server.cli.trace import trace
from eduscope_server.config import Settings

_ABOUT = (
    "EduScope watches learning platforms: logs, traces and errors that are correlated, private and provable."
)

HELP_COLUMNS = 120
"""Of a terminal that has them; narrower ones cut the sentence of a command off."""


def create_app(serve: Callable[[Settings], None]) -> typer.Typer:
    """The program; `serve` runs the platform until it is told to stop (`main` passes it in)."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"max_content_width": HELP_COLUMNS},
    )
    app.callback(help=_ABOUT)(_nothing)
    app.command("serve")(serve_command(serve))
    app.command("demo")(demo_command())
    app.command("doctor")(doctor_command())
    for command in (logs, trace, correlate):
        app.command()(command)
    app.add_typer(contract, name="contract")
    app.add_typer(keys, name="keys")
    app.add_typer(debug, name="debug")
    app.add_typer(privacy, name="privacy")
    return app


def _nothing() -> None:
    """Without a callback, Typer would make a single command of the program's first one."""
