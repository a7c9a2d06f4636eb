"""User names behind a key: `user=`, `uid:`. For messages of programs only."""

import re

from eduscope.privacy.detector import Detector, Range, ascii_pattern
from eduscope.privacy.framing import QUOTES, START_OF_KEY, name_or_number
from eduscope.privacy.names import BEGINNING, VALUE, mentioned
from eduscope.privacy.signs import key_sign

RANK = 70

_FEWEST_DIGITS = 4
_MOST_DIGITS_OF_UID = 10
_SYSTEM_NUMBER = ascii_pattern(r"(?i:uid|gid)\W*\Z")


# `user=0.05 sys=0.00`
_SECONDS = ascii_pattern(r"[0-9]+\.[0-9]+s?")


def _keyed(match: re.Match[str]) -> Range | None:
    """A number behind `uid` is an operating system's, short ones count something, others take time."""
    value = match["value"]
    if value[0].isdigit():
        is_count = value.isdigit() and (len(value) < _FEWEST_DIGITS or _SYSTEM_NUMBER.search(match["key"]))
        if is_count or _SECONDS.fullmatch(value):
            return None
    return mentioned(match)


# Something must follow, and no short number: PAM writes `logname= uid=0 euid=0` into every line.
_A_NAME = r"(?:(?<!=) {1,2})?[\"'\\]{0,3}<?(?![0-9]{1,3}(?:\s|\Z))" + BEGINNING
_KEYS = r"r?user(?:[._-]?(?:name|id))?|login|logname|account[ _-]name|acct|uname|principal(?:name)?"
_KEYED = Detector(
    "USERNAME",
    ascii_pattern(
        # `k8s.pod.uid` is nobody's
        rf"(?P<key>(?<![A-Za-z])(?=[A-Za-z])(?:(?:[A-Za-z]{{1,12}}+[_.-])?(?i:e?(?:{_KEYS}))|(?i:(?<!\.)e?uid)))"
        rf"(?:[\"'\\]{{0,3}} ?: {{0,2}}|=)[\"'\\]{{0,3}}<?(?!(?i:{_KEYS})[=:]){VALUE}"
    ),
    signs=(
        key_sign(
            *("uid", "user", "login", "username", "user[._-]name", "logname", "account[ _-]name"),
            *("user_id", "user-id", "user.id", "userid", "acct", "uname", "principal", "principalname"),
            then=_A_NAME,
        ),
    ),
    locate=_keyed,
    reach=30,  # `abcdefghijkl_e`, `account_name`, three quotes and a space
    apart="=",  # lines of PAM have six of them in a row
)
MESSAGE = (_KEYED,)
PROSE: tuple[Detector, ...] = ()
_IS = rb"(?:" + QUOTES + rb" ?: {0,2}|=|\\u003[dD])" + QUOTES + rb"(?:<|\\u003[cC])?"
GATE = (
    rb"(?i)(?:" + _KEYS.encode() + rb")" + _IS + name_or_number(_FEWEST_DIGITS),
    rb"(?i)" + START_OF_KEY + rb"e?uid" + _IS + name_or_number(_MOST_DIGITS_OF_UID),
)

CATCHES = (
    ("rhost=x  user=root", "root"),
    ("user_name: ada.l", "ada.l"),
    ("session uid=ada", "ada"),
    ("imap-login: Login: user=<ada>, method=PLAIN", "ada"),
    ('op=login acct="ada" exe=sshd', "ada"),
    ("Account Name: ada Account Domain: SCHOOL", "ada"),
    ("user.name=ada logged in", "ada"),
    ("[GitLab] Failed Login: username=ada ip=192.0.2.1", "ada"),
)
SPARES = (
    "logname= uid=0 euid=0 tty=ssh ruser= rhost=",
    "user=usr_k1_abcdefghijklmnopqrstuvwxyz",
    "user=42",
    "[Times: user=0.05 sys=0.00, real=0.01 secs]",
)
