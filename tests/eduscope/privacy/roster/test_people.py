"""A table that can't be read is refused with the line and what was expected, and never with what stands there."""

import pytest

from eduscope.privacy.errors import RosterUnreadable
from eduscope.privacy.roster import Person, people_in

GOOD = b"givenName,familyName\nAda,Lovelace\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "first line names 0 columns"),
        (b"Ada,Lovelace\nGrace,Hopper\n", "first line names 2 columns and none that is known"),
        (b"givenName;familyName\nAda;Lovelace\n", "with commas between them: givenName"),
        (GOOD + b"Hopper, Grace,Grace,Hopper\n", "4 values in line 3; expected 2"),
        (GOOD + b'"Grace\nHopper",x\nLovelace,Ada,Hopper\n', "3 values in line 5; expected 2"),
        (GOOD + b'Grace,"Hopper\nAda,Lovelace\n', "begins in line 3 .unexpected end of data."),
        (GOOD + b'"Grace" Hopper,x\n', "begins in line 3 .*expected after"),
        (GOOD + b"Grace," + b"Hopper" * 30_000, "begins in line 3 .field larger"),
        (GOOD + "Grace,Höpper\n".encode("latin-1"), "not UTF-8 in line 3; expected"),
        ("givenName,familyName\nAda,Lovelace".encode("utf-16"), "not UTF-8 in line 1; expected"),
        (b"givenName,familyName\n,\n\n", "has 3 lines and nobody in them"),
    ],
)
def test_what_is_wrong_is_said_without_a_value(data: bytes, said: str) -> None:
    with pytest.raises(RosterUnreadable, match=said) as error:
        people_in(data, "users.csv")
    assert not any(name in str(error.value) for name in ("Ada", "Lovelace", "Grace", "opper"))


@pytest.mark.parametrize("lines_end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_tables_are_read_as_programs_write_them(lines_end: bytes, start: bytes) -> None:
    lines = [b"givenName,familyName", b'"Ada, Augusta",Lovelace,', b"", b"Grace", b'"O""Neil",x']
    assert people_in(start + lines_end.join(lines), "users.csv") == [
        Person("Ada, Augusta", "Lovelace"),
        Person("Grace"),
        Person('O"Neil', "x"),
    ]
