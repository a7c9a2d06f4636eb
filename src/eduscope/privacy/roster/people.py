"""The people of a tenant, read from a table: a CSV of the school's own, or users.csv of OneRoster 1.2.

Source: 1EdTech OneRoster 1.2, CSV binding, users.csv.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from eduscope.privacy.errors import RosterUnreadable


class Person(msgspec.Struct, frozen=True, array_like=True):
    """What a roster knows of one person; any part may be empty."""

    given: str = ""
    family: str = ""
    preferred: str = ""
    usernames: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


NOBODY = Person()

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

    Raises RosterUnreadable, with the line and what was expected there, and never with what stands there.
    """
    return people_in(path.read_bytes(), path.name)


def people_in(data: bytes, name: str) -> list[Person]:
    """The people in a CSV's bytes; `name` is what errors call it. Raises RosterUnreadable as `read_people` does."""
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline=""), strict=True)
    begun = [1]
    try:
        people = [person for person in people_of(_even(reader, begun, name)) if person != NOBODY]
    except UnicodeDecodeError:
        raise RosterUnreadable(
            f"{name} is not UTF-8 in line {_undecodable_line(data)}; expected a CSV saved as UTF-8"
        ) from None
    except csv.Error as error:  # its words are about commas and quotes, never about what is between them
        raise RosterUnreadable(
            f"{name} is not CSV in the row that begins in line {begun[0]} ({error}); expected values with commas "
            "between them, and what has a comma or a quote in it between quotes"
        ) from None
    if not people:
        raise RosterUnreadable(
            f"{name} has {reader.line_num} lines and nobody in them; expected a name, username or id in at least one"
        )
    return people


def _even(reader: Any, begun: list[int], name: str) -> Iterator[list[str]]:
    """The rows, none longer than the first; `begun` says in which line the one at hand begins.

    A name with a comma and without quotes shifts all that is behind it: `Lovelace, Ada` would be two values.
    """
    columns = 0
    for row in reader:
        columns = columns or len(row)
        if len(row) > columns and any(row[columns:]):
            raise RosterUnreadable(
                f"{name} has {len(row)} values in line {begun[0]}; expected {columns}, as in its first line "
                "(what has a comma in it stands between quotes)"
            )
        yield row
        begun[0] = reader.line_num + 1


def _undecodable_line(data: bytes) -> int:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return 1


def people_of(rows: Iterable[list[str]]) -> Iterator[Person]:
    """The people in rows of which the first has the columns' names; who is to be deleted is left out."""
    rows = iter(rows)
    header = next(rows, [])
    columns = [(i, _FIELD_OF.get(_SQUASH.sub("", name.lower()))) for i, name in enumerate(header)]
    known = [(i, field) for i, field in columns if field]
    if not known:
        raise RosterUnreadable(
            f"The roster's first line names {len(header)} columns and none that is known; expected some of these, "
            "with commas between them: givenName, familyName, name, username, identifier"
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
