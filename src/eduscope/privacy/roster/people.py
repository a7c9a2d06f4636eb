"""The people of a tenant, read from a table: a CSV of the school's own, or users.csv of OneRoster 1.2.

Source: 1EdTech OneRoster 1.2, CSV binding, users.csv.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from eduscope.privacy.errors import RosterUnreadable


class Person(msgspec.Struct, frozen=True, array_like=True):
    """What a roster knows of one person; any part may be empty."""

    given: str = ""
    family: str = ""
    preferred: str = ""
    usernames: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


_COLUMNS = {
    "given": ("givenname", "given", "firstname", "forename", "first"),
    "family": ("familyname", "family", "lastname", "surname", "last"),
    "preferred": ("preferredgivenname", "preferredname", "preferred", "nickname", "knownas"),
    "preferred_family": ("preferredfamilyname",),
    "whole": ("name", "fullname", "displayname", "studentname"),
    "username": ("username", "login", "user", "account", "loginid"),
    "identifier": ("identifier", "studentid", "studentnumber", "rollnumber", "rollno", "roll", "id", "admissionnumber"),
    "user_ids": ("userids",),
    "sourced": ("sourcedid",),
    "status": ("status",),
}  # fmt: skip
_FIELD_OF = {name: field for field, names in _COLUMNS.items() for name in names}
_DRAWN = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_USER_ID = re.compile(r"\{[^:{}]*:([^{}]*)\}")
_SQUASH = re.compile(r"[^a-z]")


def read_people(path: Path) -> list[Person]:
    """The people in a CSV file, in UTF-8. Columns are known by their names, in any order and spelling of case.

    Raises RosterUnreadable where no column is one that a roster uses.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            return list(people_of(csv.reader(file)))
        except (csv.Error, UnicodeDecodeError) as error:
            raise RosterUnreadable(f"{path.name} is not CSV in UTF-8: {type(error).__name__}") from None


def people_of(rows: Iterable[list[str]]) -> Iterator[Person]:
    """The people in rows of which the first has the columns' names; who is to be deleted is left out."""
    rows = iter(rows)
    header = next(rows, [])
    columns = [(i, _FIELD_OF.get(_SQUASH.sub("", name.lower()))) for i, name in enumerate(header)]
    known = [(i, field) for i, field in columns if field]
    if not known:
        raise RosterUnreadable(
            f"The roster's first line names {len(header)} columns and none that is known; expected some of: "
            "givenName, familyName, name, username, identifier"
        )
    for row in rows:
        cells = {field: row[i].strip() for i, field in known if i < len(row) and row[i]}
        if cells and cells.get("status", "").lower() != "tobedeleted":
            yield _person(cells)


def _person(cells: dict[str, str]) -> Person:
    given, family = cells.get("given", ""), cells.get("family", "")
    if not (given or family) and "whole" in cells:
        given, family = _divided(cells["whole"])
    ids = [cells.get("identifier", "")]
    if "user_ids" in cells:
        ids += _USER_ID.findall(cells["user_ids"])
    if not _DRAWN.fullmatch(
        sourced := cells.get("sourced", "")
    ):  # drawn ids name nobody, and are in every log
        ids.append(sourced)
    more = cells.get("preferred_family", "")
    return Person(
        given=given,
        family=f"{family} {more}".strip() if more and more != family else family,
        preferred=cells.get("preferred", ""),
        usernames=tuple(filter(None, [cells.get("username", "")])),
        ids=tuple(filter(None, ids)),
    )


def _divided(whole: str) -> tuple[str, str]:
    """`Lovelace, Ada` and `Ada Lovelace` as given and family name."""
    family, comma, given = whole.partition(",")
    if comma:
        return given.strip(), family.strip()
    given, _, family = whole.rpartition(" ")
    return (given, family) if given else ("", family)
