"""What a person sees of the demo: live progress, then one screen of what to look at."""

import sys
import time
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from eduscope_server.cli.options import own_command, short_path
from eduscope_server.config import Settings

_LOOK_AT = """
[bold]EduScope is watching EduLearn.[/bold]

  Console    [bold cyan]{link}[/bold cyan]
             [dim]opens once, within ten minutes; another one: {eduscope} keys link{where}[/dim]
  EduLearn   [cyan]{edulearn}[/cyan]
             [dim]simulated students are at work; join in: take a quiz, ask the tutor[/dim]

  Look at
    Overview      every service with its rate, errors and latency
    Logs          try [cyan]level:>=warning[/cyan] or [cyan]service:courses duration_ms:>20[/cyan]
    Traces        open one: the waterfall from gateway to SQL and model, with its logs
    Correlation   click the id of any log: one timeline from the browser to the database
    Privacy       what personal data was found, and what became of it

  Break something, then find it
    [cyan]{chaos} list{edulearn_data}[/cyan]
    [cyan]{chaos} slow-query on{edulearn_data}[/cyan]

  Stop with Ctrl-C. Everything is kept in {folder}.
"""


class Screen:
    """Progress as lines that tick off; plain lines where the output is not a terminal."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._started = time.monotonic()
        self._rows: dict[str, tuple[float | None, str]] = {}
        self._live = Live(
            console=self._console, refresh_per_second=10, get_renderable=self._progress, transient=False
        )

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Leave the progress as it is."""
        if self._live.is_started:
            self._live.stop()

    def step(self, name: str, note: str) -> None:
        """Something began."""
        self._rows[name] = (None, note)
        if not self._live.is_started:
            self.say(f"{name}: {note}")

    def done(self, name: str, note: str) -> None:
        """Something is ready."""
        seconds = time.monotonic() - self._started
        self._rows[name] = (seconds, note)
        if not self._live.is_started:
            self.say(f"{name.strip()} ready after {seconds:.1f} s {note}")

    def say(self, line: str) -> None:
        """A plain line."""
        self._console.print(Text(line))

    def say_what_to_look_at(self, *, link: str, edulearn: str, settings: Settings) -> None:
        """The one screen."""
        data, usual = settings.data, Settings()
        edulearn_data = "" if data == usual.data else f" --data {data / 'edulearn'}"
        where = "" if data == usual.data else f" --data {data}"
        where += "" if settings.listen == usual.listen else f" --url {settings.local_url}"
        text = _LOOK_AT.format(
            link=link,
            edulearn=edulearn,
            eduscope=own_command(),
            where=where,
            folder=data,
            chaos=f"PYTHONPATH=examples {short_path(sys.executable)} -m edulearn chaos",
            edulearn_data=edulearn_data,
        )
        self._console.print(text, soft_wrap=True)

    def _progress(self) -> Table:
        table = Table.grid(padding=(0, 1))
        for name, (seconds, note) in self._rows.items():
            mark = Spinner("dots") if seconds is None else Text("✓", style="green")
            took = "" if seconds is None else f"{seconds:.1f} s"
            table.add_row(mark, name, Text(took, style="dim", justify="right"), Text(note, style="dim"))
        return table
