"""Statements of the readers: the text from a `.sql` file, the condition from a compiled question."""

from string import Template

from eduscope_server.query.sql import Condition
from eduscope_server.store.sql import queries


def statement(file: str, name: str, *, condition: Condition | None = None, **pieces: str) -> str:
    """The named statement of one of this package's `.sql` files, its `$pieces` filled in.

    A piece is SQL of ours, never text from outside: a compiled condition, a list of columns, or another entry
    of the same file.
    """
    if condition is not None:
        pieces["condition"] = condition.sql
    entries = queries(__package__, file)
    return Template(entries[name]).substitute(entries | pieces)
