"""What may be said of a failed query: types, codes and names of the schema. Never the driver's words, which quote
values (`Key (email)=(…) already exists`), and never a parameter.
"""

import re
from collections.abc import Mapping, Sequence, Sized
from typing import Any

from eduscope.stack import type_name

PARAMETERS_MAX = 20
"""Parameters described of one statement; a bulk insert may have thousands."""

_is_code = re.compile(r"[A-Za-z0-9_]{1,64}").fullmatch
_is_name = re.compile(r"[A-Za-z_][A-Za-z0-9_.$]{0,127}").fullmatch

EXPECTED_CLASSES = ("23", "40")
"""SQLSTATE classes that programs count on: a constraint that holds, a transaction to be tried again."""


def failure_fields(error: BaseException) -> dict[str, Any]:
    """`error.type`, `db.response.status_code` and the constraint's name, where they are known."""
    fields: dict[str, Any] = {"error.type": type_name(error)}
    code = status_code(error)
    if code:
        fields["db.response.status_code"] = code
    constraint = _constraint(error)
    if constraint:
        fields["db.constraint.name"] = constraint
    return fields


def status_code(error: BaseException) -> str:
    """The SQLSTATE, or the driver's own code for the failure; nothing where there is none."""
    for one in _chain(error):
        for name in ("sqlstate", "pgcode", "sqlite_errorname"):
            code = getattr(one, name, None)
            if isinstance(code, str) and _is_code(code):
                return code
        first = one.args[0] if one.args else None
        if type(first) is int:  # MySQL's drivers: (1062, "Duplicate entry …")
            return str(first)
    return ""


def is_expected(error: BaseException) -> bool:
    """Whether a program that runs as it should meets this failure now and then."""
    code = status_code(error)
    return code.startswith((*EXPECTED_CLASSES, "SQLITE_CONSTRAINT")) or "Integrity" in type(error).__name__


def parameter_types(parameters: Any, *, many: bool = False) -> str:
    """Parameters as names and types with lengths: `name str[12], id int`. Never a value.

    Of many sets the first is described, and how many there are.
    """
    if not parameters:
        return ""
    if many and isinstance(parameters, Sequence):
        return f"{len(parameters)} sets of ({parameter_types(parameters[0])})"
    if isinstance(parameters, Mapping):
        described = [f"{_name(name)} {_type(value)}" for name, value in _first(parameters.items())]
    elif isinstance(parameters, Sequence) and not isinstance(parameters, (str, bytes)):
        described = [_type(value) for value in _first(parameters)]
    else:
        return _type(parameters)
    left_out = len(parameters) - len(described)
    return ", ".join(described) + (f" and {left_out} more" if left_out else "")


def _first(values: Any) -> list[Any]:
    return [value for value, _ in zip(values, range(PARAMETERS_MAX), strict=False)]


def _name(name: object) -> str:
    return name if isinstance(name, str) and _is_name(name) else "?"


def _type(value: object) -> str:
    kind = type(value).__name__[:64]
    if isinstance(value, Sized):
        try:
            return f"{kind}[{len(value)}]"
        except Exception:  # noqa: BLE001 - a host's own __len__ may raise anything
            return kind
    return kind


def _constraint(error: BaseException) -> str:
    for one in _chain(error):
        diagnostics = getattr(one, "diag", one)  # psycopg keeps it apart, asyncpg on the exception
        name = getattr(diagnostics, "constraint_name", None)
        if isinstance(name, str) and _is_name(name):
            return name
    return ""


def _chain(error: BaseException) -> list[BaseException]:
    """The error and what it wraps: SQLAlchemy's and its adapters' errors carry the driver's."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and len(found) < 4 and current not in found:
        found.append(current)
        current = getattr(current, "orig", None) or current.__cause__
    return found
