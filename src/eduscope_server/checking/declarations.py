"""Fields that a build declares beside the contract's own."""

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from eduscope import contract

_is_pair = re.compile(r"([^=\s]+)=([a-z]+)").fullmatch


def read_declarations(pairs: Iterable[str], files: Iterable[Path]) -> dict[str, str]:
    """Names with their classes, of `name=class` pairs and of JSON files. Raises `DeclarationError`.

    A file holds `{"course.colour": "label"}`, or what `GET /api/privacy/fields` answers.
    """
    found: dict[str, str] = {}
    for file in files:
        found |= _of_file(file)
    for pair in pairs:
        match = _is_pair(pair)
        if match is None:
            raise contract.DeclarationError(f'"{pair}" declares no field; expected name=class')
        found[match[1]] = match[2]
    return found


def use_declarations(declared: dict[str, str]) -> None:
    """Declares them for this process. One that the contract has got since is passed over. Raises `DeclarationError`."""
    for name, field_class in declared.items():
        shipped = contract.attribute(name)
        if shipped is None or shipped.field_class != field_class:
            contract.declare(name, field_class)


def _of_file(file: Path) -> dict[str, str]:
    wanted = f'{file} declares no fields; expected {{"name": "class"}} or the answer of /api/privacy/fields'
    try:
        read = msgspec.json.decode(file.read_bytes())
    except OSError as error:
        raise contract.DeclarationError(f"{file} can't be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise contract.DeclarationError(wanted) from error
    try:
        if isinstance(read, dict) and isinstance(read.get("fields"), list):
            read = {field["name"]: field["class"] for field in read["fields"]}
        return msgspec.convert(read, dict[str, str])
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        raise contract.DeclarationError(wanted) from error
