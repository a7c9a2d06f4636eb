"""Names of accounts: what may follow `for user`, and the words that only look like a name there."""

import re

from eduscope.privacy.detector import Range
from eduscope.privacy.marker import starts_with_marker
from eduscope.privacy.tokens import starts_with_token

BEGINNING = r"[^\s\x00-\x1f,;:\"'()\[\]{}<>|=&\\]"
VALUE = rf"(?P<value>{BEGINNING}+)"
# Words that follow `for user` in a sentence about users.
_SPARED = frozenset(
    """
    a accounts account action actions agent already an and are as at authenticated authentication because been but
    by can could count created creation data deleted did directory does error errors exists failed for from found
    group groups had has have id ids in input instances interface is it its limit list locked login logins lookup may
    model name named names no none not null object of on or owned over password permission permissions preferences
    profile profiles provided record records request requests role roles service session sessions settings should
    since space table that the their then they to token type types undefined unknown update was were when where which
    while who will with without would
    """.split()  # noqa: SIM905 - a list of a hundred quoted words is harder to read
)


def mentioned(match: re.Match[str]) -> Range | None:
    """The value of a match; words, tokens and markers are spared."""
    value = match["value"]
    word = value.lower().strip(".!?-*")
    if not word or word in _SPARED or starts_with_token(value) or starts_with_marker(value):
        return None
    return match.span("value")
