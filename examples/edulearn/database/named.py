"""SQL from a file, by name: each query there begins with `-- name: something`."""

import re
from pathlib import Path

_HEAD = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def named_queries(path: Path) -> dict[str, str]:
    """The queries of a file. Comments stay out, so that only SQL reaches the server."""
    parts = _HEAD.split(path.read_text())
    return {name: _without_comments(text) for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.strip().splitlines() if not line.startswith("--"))
