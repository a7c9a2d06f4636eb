"""The names of fields, where nobody declared them: a sender may put a person's data there as well as in a value."""

import re

from eduscope.privacy.finding import find
from eduscope.privacy.keyring import KeyRing
from eduscope.privacy.tokens import tokenize

CODE_CHARS = 12

FIELD_NAME_FORM = (
    r"key_[a-z2-7]{12}"  # what stands for a name that was replaced
    r"|[A-Za-z_][A-Za-z_./-]{0,79}(?:[0-9]{1,3}[A-Za-z_./-]{1,40}){0,6}[0-9]{0,3}"
)
"""Words as programs name things: no spaces, no sign of an address, no four digits in a row. For ClickHouse, too.

A user name without digits passes (`ada.lovelace`), as nothing tells it from a program's word."""

_is_name = re.compile(FIELD_NAME_FORM).fullmatch


def field_name(name: str, ring: KeyRing | None = None) -> str:
    """The name as it may be kept: as it is, or `key_` and a code where it is no name or holds something personal.

    Applying it twice changes nothing.
    """
    if _is_name(name) and not _is_personal(name):
        return name
    return f"key_{tokenize(name, 'key', ring).rpartition('_')[2][:CODE_CHARS]}"


def _is_personal(name: str) -> bool:
    try:
        return bool(find(name, "message"))
    except Exception:  # noqa: BLE001 - failing closed: a name that can't be checked is replaced
        return True
