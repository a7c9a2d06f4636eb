"""Names of accounts: what may follow `for user`, and the words that only look like a name there."""

import re

from eduscope.privacy.detector import Range
from eduscope.privacy.marker import starts_with_marker
from eduscope.privacy.signs import Sign
from eduscope.privacy.tokens import starts_with_token

BEGINNING = r"[^\s\x00-\x1f,;:\"'()\[\]{}<>|=&\\]"
VALUE = rf"(?P<value>{BEGINNING}+)"


def user_sign(letters: str) -> Sign:
    """`user ada` behind a word that ends in one of the letters."""
    return Sign("uU", rf"(?i:ser) (?<=(?i:[{letters}]) .....) ?{BEGINNING}")


def for_sign(ends: str) -> Sign:
    """`for ada` behind a word that ends so, each in four letters."""
    return Sign("fF", rf"(?i:or) (?<=(?i:{ends}) ....) ?{BEGINNING}")


# Words that follow `for user` in a sentence about users.
_SPARED = frozenset(
    """
    a account accounts action actions agent all already an and any api are as at authenticated authentication
    because been but by can client clients code could count created creation data deleted device did directory
    does domain error errors every exists failed feedback for found from group groups had has have her his host
    id ids illegal in input instances interface invalid is it its land limit list locked login logins lookup may
    model my name named names no none not null object of on or our over owned password permission permissions
    preauth preferences profile profiles provided realm record records request requests role roles server
    service session sessions settings should since space stories story table tenant tenants that the their then
    these they this those to token type types undefined unknown update user username users was were when where
    which while who will with without would your
    """.split()  # noqa: SIM905 - a list of a hundred quoted words is harder to read
)


def mentioned(match: re.Match[str]) -> Range | None:
    """The value of a match; words, tokens and markers are spared."""
    value = match["value"]
    word = value.lower().strip(".!?-*")
    if not word or word in _SPARED or starts_with_token(value) or starts_with_marker(value):
        return None
    return match.span("value")
