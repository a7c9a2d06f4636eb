"""SQL that lives in `.sql` files: every query has a name and a description.

A file is a sequence of queries, each of which begins with a name line and says what it is for:

    -- name: find_session
    -- The person behind a session that has not ended.
    SELECT …
"""

import re
from importlib.resources import files

_NAME_LINE = re.compile(r"^-- name: (\w+)[ \t]*$", re.MULTILINE)


def load_queries(package: str, file_name: str) -> dict[str, str]:
    """Read a package's query file into `{name: SQL}`.

    Raises `ValueError` for SQL without a name and for a name that stands there twice.
    """
    return parse_queries(files(package).joinpath(file_name).read_text(encoding="utf-8"), file_name)


def parse_queries(text: str, file_name: str) -> dict[str, str]:
    """Split the text of a query file into `{name: SQL}`, descriptions kept as comments."""
    head, *parts = _NAME_LINE.split(text)
    if any(line.strip() and not line.startswith("--") for line in head.splitlines()):
        raise ValueError(f'{file_name} has SQL before the first "-- name:" line; give it a name')
    queries: dict[str, str] = {}
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        if name in queries:
            raise ValueError(f'{file_name} names two queries "{name}"; rename one')
        queries[name] = body.strip().rstrip(";")
    return queries
