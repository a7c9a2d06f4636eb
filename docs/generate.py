"""Writes the reference pages that come from code: `make docs`. A test compares them with what is committed."""

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


def main() -> None:
    for name, text in pages().items():
        REFERENCE.mkdir(exist_ok=True)
        (REFERENCE / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """Every generated page by its file name under docs/reference."""
    return {"configuration.md": configuration(), "contract.md": page.markdown()}


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
