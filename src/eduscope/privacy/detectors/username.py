"""User names, where the words around them say so. For messages of programs only."""

import re

from eduscope.privacy.detector import Detector, Range, ascii_pattern
from eduscope.privacy.framing import NAME, QUOTES, START_OF_KEY
from eduscope.privacy.marker import starts_with_marker
from eduscope.privacy.signs import Sign, key_sign
from eduscope.privacy.tokens import starts_with_token

RANK = 70

_VALUE = r"(?P<value>[^\s\x00-\x1f,;:\"'()\[\]{}<>|=&\\]+)"
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
_SYSTEM_NUMBER = ascii_pattern(r"(?i:uid|gid)\W*\Z")


def _mentioned(match: re.Match[str]) -> Range | None:
    """Spare words, tokens and markers."""
    value = match["value"]
    word = value.lower().strip(".!?-*")
    return (
        None
        if not word or word in _SPARED or starts_with_token(value) or starts_with_marker(value)
        else match.span("value")
    )


def _keyed(match: re.Match[str]) -> Range | None:
    """As `_mentioned`; a number behind `uid` is an operating system's, and short ones count something."""
    if match["value"].isdigit() and (_SYSTEM_NUMBER.search(match["key"]) or len(match["value"]) < 4):
        return None
    return _mentioned(match)


def _attempted(match: re.Match[str]) -> Range | None:
    """A name that somebody logged in with may be any word."""
    return (
        None
        if starts_with_marker(match["value"]) or starts_with_token(match["value"])
        else match.span("value")
    )


_KEYS = r"r?user(?:[_-]?(?:name|id))?|login|logname|account[_-]name"
_KEYED = Detector(
    "USERNAME",
    ascii_pattern(
        rf"(?P<key>(?i:(?<![a-z])(?:(?:[a-z]{{1,12}}[_.-])?e?(?:{_KEYS})|(?<!\.)e?uid)))"  # `k8s.pod.uid` is nobody's
        rf"(?:[\"'\\]{{0,3}} ?: {{0,2}}|=)[\"'\\]{{0,3}}{_VALUE}"
    ),
    signs=(key_sign("uid", "ser", "ame", "_id", "-id", "rid", "gin"),),
    locate=_keyed,
    reach=30,  # `abcdefghijkl_e`, `account_name`, three quotes and a space
)
_MENTIONED = Detector(
    "USERNAME",
    ascii_pattern(rf"(?i:\b(?:for|by|of|as|invalid|illegal|unknown) {{1,2}}user {{1,2}}){_VALUE}"),
    signs=(Sign("uU", "(?<=(?i:[ryfsdln]) [uU])(?i:ser) "),),
    locate=_mentioned,
    reach=10,  # `unknown` and two spaces
)
_METHODS = r"password|publickey|none|keyboard-interactive(?:/pam)?|hostbased|gssapi-with-mic"
_LOGIN = Detector(
    "USERNAME",
    ascii_pattern(
        rf"(?i:\b(?:(?:{_METHODS}) {{1,2}}for|(?:invalid|illegal) {{1,2}}user) {{1,2}}"
        r"(?:(?:invalid|illegal) {1,2}user {1,2})?)"
        rf"{_VALUE}(?= {{1,2}}(?:from\b|\[preauth))"
    ),
    signs=(
        Sign("f", "(?<=(?i:word|ckey|none|tive|/pam|ased|-mic) f)or "),
        Sign("uU", "(?<=(?i:[dl]) [uU])(?i:ser) "),
    ),
    locate=_attempted,
    reach=28,  # `keyboard-interactive/pam` and two spaces
)
_FAILURES = Detector(
    "USERNAME",
    ascii_pattern(rf"(?i:\bauthentication failures? {{1,2}}for {{1,2}}){_VALUE}"),
    signs=(Sign("f", "(?<=(?i:ures|lure) f)or "),),
    locate=_mentioned,
    reach=28,  # `authentication failures` with two spaces twice
)

MESSAGE = (_KEYED, _MENTIONED, _LOGIN, _FAILURES)
PROSE: tuple[Detector, ...] = ()
GATE = (
    rb"(?i)(?:"
    + _KEYS.encode()
    + rb"|"
    + START_OF_KEY
    + rb"e?uid)(?:"
    + QUOTES
    + rb" ?: {0,2}|=|\\u003[dD])"
    + QUOTES
    + NAME,
    rb"(?i)(?:for|by|of|as|invalid|illegal|unknown) {1,2}user {1,2}" + NAME,
    rb"(?i)(?:" + _METHODS.replace("/", r"\\?/").encode() + rb") {1,2}for {1,2}" + NAME,
    rb"(?i)authentication failures? {1,2}for {1,2}" + NAME,
)

CATCHES = (
    ("Invalid user webmaster from 192.0.2.1", "webmaster"),
    ("input_userauth_request: invalid user anonymous [preauth]", "anonymous"),
    ("session opened for user fztu by", "fztu"),
    ("rhost=x  user=root", "root"),
    ("Accepted password for ada from", "ada"),
    ("Too many authentication failures for admin [preauth]", "admin"),
    ("user_name: ada.l", "ada.l"),
)
SPARES = (
    "check pass; user unknown",
    "quota for user accounts",
    "logname= uid=0 euid=0 tty=ssh ruser= rhost=",
    "user=usr_k1_abcdefghijklmnopqrstuvwxyz",
    "user=42",
    "Failed password for",
)
