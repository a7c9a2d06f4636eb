"""What a database driver's exception tells in codes: the SQLSTATE and the name of the constraint that refused.

Its words are another matter: `Key (email)=(…) already exists` quotes the values.
"""

import re

is_code = re.compile(r"[A-Za-z0-9_]{1,64}").fullmatch
is_name = re.compile(r"[A-Za-z_][A-Za-z0-9_.$]{0,127}").fullmatch
"""Whether a text has the shape of a name in a schema."""

WRAPPERS_MAX = 4
"""How far is looked for the driver's own exception inside others."""


def status_code(error: BaseException) -> str:
    """The SQLSTATE, or the driver's own code for the failure; nothing where there is none."""
    for one in _chain(error):
        for name in ("sqlstate", "pgcode", "sqlite_errorname"):
            code = getattr(one, name, None)
            if isinstance(code, str) and is_code(code):
                return code
        first = one.args[0] if one.args else None
        if type(first) is int:  # MySQL's drivers: (1062, "Duplicate entry …")
            return str(first)
    return ""


def constraint_name(error: BaseException) -> str:
    """The constraint that refused, where the driver names it."""
    for one in _chain(error):
        diagnostics = getattr(one, "diag", one)  # psycopg keeps it apart, asyncpg on the exception
        name = getattr(diagnostics, "constraint_name", None)
        if isinstance(name, str) and is_name(name):
            return name
    return ""


def _chain(error: BaseException) -> list[BaseException]:
    """The error and what it wraps: SQLAlchemy's and its adapters' errors carry the driver's."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(found) < WRAPPERS_MAX and current not in found:
        found.append(current)
        current = getattr(current, "orig", None) or current.__cause__
    return found
