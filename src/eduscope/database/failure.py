"""What may be said of a failed query: types, codes and names of the schema. Never the driver's words, which quote
values (`Key (email)=(…) already exists`), and never a parameter.
"""

from collections.abc import Mapping, Sequence, Sized
from typing import Any

from eduscope.driver_codes import constraint_name, is_name, status_code
from eduscope.stack import type_name

PARAMETERS_MAX = 20
"""Parameters described of one statement; a bulk insert may have thousands."""

EXPECTED_CLASSES = ("23", "40")
"""SQLSTATE classes that programs count on: a constraint that holds, a transaction to be tried again."""


def failure_fields(error: BaseException) -> dict[str, Any]:
    """`error.type`, `db.response.status_code` and the constraint's name, where they are known."""
    fields: dict[str, Any] = {"error.type": type_name(_drivers_own(error))}
    code = status_code(error)
    if code:
        fields["db.response.status_code"] = code
    constraint = constraint_name(error)
    if constraint:
        fields["db.constraint.name"] = constraint
    return fields


def _drivers_own(error: BaseException) -> BaseException:
    """The driver's error behind the one that SQLAlchemy's adapter for an asynchronous driver makes of it."""
    adapted = type(error).__module__.startswith("sqlalchemy.dialects.")
    return error.__cause__ if adapted and error.__cause__ is not None else error


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
    return name if isinstance(name, str) and is_name(name) else "?"


def _type(value: object) -> str:
    kind = type(value).__name__[:64]
    if isinstance(value, Sized):
        try:
            return f"{kind}[{len(value)}]"
        except Exception:  # noqa: BLE001 - a host's own __len__ may raise anything
            return kind
    return kind
