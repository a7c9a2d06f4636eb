"""User names, where the words around them say so."""

import re

from eduscope.privacy.detector import Detector, Range, Sign, value_range
from eduscope.privacy.marker import is_marker

_NAME = r"(?P<value>[^\s,;:\"'()\[\]{}<>|=&]+)"
_SPARED = frozenset(
    "a accounts account action actions agent already an and anonymous are as at authenticated authentication because been but by"
    " can could count created creation data deleted did directory does error errors exists failed for from found group groups had has have"
    " id ids in input instances interface is it its limit list locked login logins lookup may model name named names no none not null object of"
    " on or owned over password permission permissions preferences profile profiles provided record records request requests role roles"
    " service session sessions settings should since space table that the their then they to token type types undefined unknown update"
    " was were when where which while who will with without would".split()
)
_NUMERIC_KEYS = re.compile(r"(?i:e?uid|gid)\W*\Z")
_OUR_TOKEN = re.compile(r"[a-z]{2,8}_[a-z0-9]{1,8}_[a-z2-7]{26}")


def _named(match: re.Match[str]) -> Range | None:
    """Spare words that follow `user` in a sentence, tokens and markers."""
    value = match["value"]
    if (
        value.lower().strip(".!?-*") in _SPARED
        or not value.strip(".!?-*")
        or _OUR_TOKEN.fullmatch(value)
        or is_marker(value)
    ):
        return None
    return value_range(match)


def _keyed(match: re.Match[str]) -> Range | None:
    """As `_named`; and a number behind `uid` is an operating system's, the same on every machine."""
    if match["value"].isdigit() and (_NUMERIC_KEYS.search(match["key"]) or len(match["value"]) < 4):
        return None
    return _named(match)


_KEYED = Detector(
    "USERNAME",
    re.compile(
        r"(?i:(?P<key>\b(?:[a-z]{0,12}[_.-])?(?:e?uid|r?user(?:[_-]?(?:name|id))?|login|logname|account[_-]name))"
        r"(?:[\"'\\]{0,3}\s?:\s{0,2}|=)[\"'\\]{0,3})" + _NAME
    ),
    signs=(Sign(":=", r"(?<=(?i:uid|ser|ame|rid|_id|-id|gin).)"), Sign(":", r"(?<=[\"' \\].)")),
    locate=_keyed,
)
_MENTIONED = Detector(
    "USERNAME",
    re.compile(
        r"(?i:\b(?:for|by|of|as|invalid|illegal|unknown)\s{1,2}(?:(?:invalid|illegal|unknown)\s{1,2})?user\s{1,2})"
        + _NAME
    ),
    words=("user ", "User ", "USER "),
    locate=_named,
)
_AUTHENTICATED = Detector(
    "USERNAME",
    re.compile(
        r"(?i:\b(?:password|publickey|none|keyboard-interactive(?:/pam)?|hostbased|gssapi-with-mic)\s{1,2}for\s{1,2}"
        r"(?:(?:invalid|illegal)\s{1,2}user\s{1,2})?)"
        + _NAME
        + r"(?=\s{1,2}from\b)"
        r"|(?i:\bauthentication failures\s{1,2}for\s{1,2})".replace("(?i:", "(?i:")
        + r"(?P<other>[^\s,;:\"'()\[\]{}<>|=&]+)"
    ),
    words=(" for ",),
    locate=lambda m: (
        m.span("value")
        if m["value"] and not is_marker(m["value"])
        else (m.span("other") if m["other"] else None)
    ),
)

MESSAGE = (_KEYED, _MENTIONED, _AUTHENTICATED)
PROSE: tuple[Detector, ...] = ()
GATE: tuple[bytes, ...] = ()

CATCHES = (
    ("Invalid user webmaster from", "webmaster"),
    ("session opened for user fztu by", "fztu"),
    ("rhost=x  user=root", "root"),
    ("Accepted password for ada from", "ada"),
)
SPARES = (
    "check pass; user unknown",
    "quota for user accounts",
    "logname= uid=0 euid=0 tty=ssh ruser= rhost=",
    "user=usr_k1_abcdefghijklmnopqrstuvwxyz",
)
