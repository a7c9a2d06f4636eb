"""Flags made from the table of settings, so that no option is described twice."""

import inspect
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from eduscope_server.config import ConfigError, OptionRow, Settings, option_rows

# A secret on a command line stands in `ps` and in the shell's history: these come from the environment alone.
_FLAGLESS = frozenset(row.name for row in option_rows() if row.secret)


def with_settings(run: Callable[..., None], *, only: Iterable[str] | None = None) -> Callable[..., None]:
    """A command that takes the settings' flags (all, or `only` some) and calls `run` with them as strings.

    `run(flags, **its own options)`; a flag that was not given is None.
    """
    rows = [row for row in option_rows() if row.name not in _FLAGLESS and (only is None or row.name in only)]
    own = [p for p in inspect.signature(run).parameters.values() if p.name != "flags"]

    def command(**given: Any) -> None:
        flags = {row.name: given.pop(row.name) for row in rows}
        run(flags, **given)

    command.__doc__ = run.__doc__
    command.__name__ = run.__name__
    parameters = [*own, *(_parameter(row) for row in rows)]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command


def load_settings(flags: dict[str, str | None]) -> Settings:
    """The settings; a wrong one ends the program with its message and exit code 2."""
    try:
        return Settings.load(flags, os.environ)
    except ConfigError as error:
        fail(str(error), code=2)


def fail(message: str, *, code: int = 1) -> NoReturn:
    """End the program with a message on standard error."""
    sys.stderr.write(f"eduscope: {message}\n")
    raise typer.Exit(code)


def own_command() -> str:
    """This program as one types it here: its path where the shell would not find it by its name."""
    beside = Path(sys.executable).with_name("eduscope")
    found = shutil.which("eduscope")
    if not beside.exists() or (found and Path(found).samefile(beside)):
        return "eduscope"
    return short_path(str(beside))


def short_path(path: str) -> str:
    """A path from here, where that is shorter."""
    return min(path, os.path.relpath(path), key=len)


def _parameter(row: OptionRow) -> inspect.Parameter:
    default = f"default {row.default}" if row.default else "default empty"
    flag = typer.Option(
        row.flag, help=f"{row.sentence} [{row.environment}, {default}]", metavar="TEXT", show_default=False
    )
    return inspect.Parameter(
        row.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[str | None, flag]
    )
