"""User names where a sentence says so: `for user ada`, `Accepted password for ada from`. For messages of programs."""

import re

from eduscope.privacy.detector import Detector, Range, ascii_pattern
from eduscope.privacy.framing import NAME
from eduscope.privacy.marker import starts_with_marker
from eduscope.privacy.names import VALUE, for_sign, mentioned, user_sign
from eduscope.privacy.tokens import starts_with_token

RANK = 71


def _attempted(match: re.Match[str]) -> Range | None:
    """A name that somebody logged in with may be any word."""
    return (
        None
        if starts_with_marker(match["value"]) or starts_with_token(match["value"])
        else match.span("value")
    )


def _behind(words: str) -> str:
    """A place right behind one of the words: the search is for `for` and `user`, which are rarer."""
    return "(?:" + "|".join(rf"(?<=\b{word} )" for word in words.split("|")) + ")"


_METHODS = "password|publickey|none|keyboard-interactive|keyboard-interactive/pam|hostbased|gssapi-with-mic"
_INVALID = "invalid|illegal"
_TELLING = f"{_INVALID}|for|by|from|of|as|unknown|authenticating|authenticated"
_OUTCOMES = (
    "authentication failures|authentication failure|authentication failed|authentication succeeded|attempts exceeded"
    "|invalid credentials|bad credentials|wrong credentials|login failed|login succeeded|password changed"
)
_MENTIONED = Detector(
    "USERNAME",
    ascii_pattern(rf"(?i:{_behind(_TELLING)}user {{1,2}}){VALUE}"),
    signs=(user_sign("ryfsdlnmg"),),
    locate=mentioned,
    reach=0,
)
_LOGIN = Detector(
    "USERNAME",
    ascii_pattern(
        rf"(?i:{_behind(_METHODS)}for {{1,2}}|{_behind(_INVALID)}user {{1,2}})"
        rf"(?i:(?:{_INVALID}) {{1,2}}user {{1,2}})?{VALUE}(?= {{1,2}}(?:from\b|\[preauth))"
    ),
    signs=(for_sign("word|ckey|none|tive|/pam|ased|-mic"), user_sign("dl")),
    locate=_attempted,
    reach=0,
)
_FAILURES = Detector(
    "USERNAME",
    ascii_pattern(rf"(?i:{_behind(_OUTCOMES)}for {{1,2}}){VALUE}"),
    signs=(for_sign("ures|lure|iled|eded|ials|nged"),),
    locate=mentioned,
    reach=0,
)

MESSAGE = (_MENTIONED, _LOGIN, _FAILURES)
PROSE: tuple[Detector, ...] = ()
GATE = (
    rb"(?i)(?:" + _TELLING.encode() + rb") {1,2}user {1,2}" + NAME,
    rb"(?i)(?:" + _METHODS.replace("/", r"\\?/").encode() + rb") {1,2}for {1,2}" + NAME,
    rb"(?i)(?:" + _OUTCOMES.encode() + rb") {1,2}for {1,2}" + NAME,
)

CATCHES = (
    ("Invalid user webmaster from 192.0.2.1", "webmaster"),
    ("input_userauth_request: invalid user anonymous [preauth]", "anonymous"),
    ("session opened for user fztu by", "fztu"),
    ("Accepted password for ada from", "ada"),
    ("error: maximum authentication attempts exceeded for ada from 192.0.2.1 port 22", "ada"),
    ("Connection closed by authenticating user ada 192.0.2.1 port 22 [preauth]", "ada"),
    ("Disconnected from user ada 192.0.2.1 port 22", "ada"),
    ("pam_unix(passwd:chauthtok): password changed for ada", "ada"),
    ("Too many authentication failures for admin [preauth]", "admin"),
)
SPARES = (
    "check pass; user unknown",
    "quota for user accounts",
    "Failed password for",
    "login failed for this tenant, read from user input",
)
