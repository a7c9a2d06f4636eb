"""SQL kept in files: each query under a `-- name: what_it_gives` line, with a sentence below it."""

import re
from functools import cache
from importlib.resources import files

_HEADING = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def queries(package: str, file: str) -> dict[str, str]:
    """The named queries of a package's `.sql` file."""
    text = (files(package) / file).read_text()
    _, *parts = _HEADING.split(text)
    return {name: body.strip().rstrip(";") for name, body in zip(parts[::2], parts[1::2], strict=True)}


def statements(text: str) -> list[str]:
    """The statements of a script, which ends each with a semicolon at the end of a line."""
    return [part.strip() for part in re.split(r";\s*$", text, flags=re.MULTILINE) if part.strip()]
