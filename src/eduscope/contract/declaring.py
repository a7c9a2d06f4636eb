"""Fields declared while a program runs, beside those that the contract ships with.

A service declares its own words at start; the platform declares what its users ask for. Who remembers what it
read from the contract asks to be told of changes.
"""

import re
from collections.abc import Callable

from eduscope.contract import registry
from eduscope.contract.classes import FieldClass
from eduscope.contract.field import Field, FieldType

_is_name = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*").fullmatch
_NAME_CHARS_MAX = 128
_DESCRIPTION_CHARS_MAX = 500

_listeners: list[Callable[[], None]] = []


class DeclarationError(ValueError):
    """A field that can't be declared so."""


def declare(name: str, field_class: FieldClass | str, description: str = "") -> Field:
    """Declares an attribute for this process, and gives its declaration.

    Its values are kept from now on as its class says, instead of as tokens. Declaring it again replaces what was
    declared so; what the contract itself declares stays. Raises DeclarationError.

    >>> eduscope.contract.declare("course.colour", "label", "The colour of a course's tile.")
    """
    declared = checked(name, field_class, description)
    if registry.add(declared):
        _tell()
    return declared


def withdraw(name: str) -> bool:
    """Undoes a declaration of this process. False where there is none."""
    if not registry.remove(name):
        return False
    _tell()
    return True


def declared_here() -> tuple[Field, ...]:
    """What was declared in this process, by name."""
    return registry.added()


def on_change(listener: Callable[[], None]) -> None:
    """Has `listener` called after each declaration and withdrawal."""
    _listeners.append(listener)


def checked(name: str, field_class: FieldClass | str, description: str = "") -> Field:
    """The declaration as a field. Raises DeclarationError for what can't be declared, and says what can."""
    if not _is_name(name) or len(name) > _NAME_CHARS_MAX:
        raise DeclarationError(
            f'"{name[:_NAME_CHARS_MAX]}" is no name for a field; expected words of a-z 0-9 _ with dots between, '
            f"at most {_NAME_CHARS_MAX} characters, such as course.colour"
        )
    if registry.ships(name):
        raise DeclarationError(f"{name} is declared by the contract itself; choose another name")
    if field_class not in set(FieldClass):
        raise DeclarationError(
            f'"{field_class}" is no class of fields; expected one of {", ".join(FieldClass)}'
        )
    kind: FieldType = "number" if field_class == FieldClass.MEASURE else "string"
    return Field(name, FieldClass(field_class), kind, description[:_DESCRIPTION_CHARS_MAX])


def _tell() -> None:
    for listener in _listeners:
        listener()
