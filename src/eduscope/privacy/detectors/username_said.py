"""User names where a sentence says so: `for user ada`, `Accepted password for ada from`. For messages of programs."""

import re

from eduscope.privacy.detector import Detector, Range, ascii_pattern
from eduscope.privacy.framing import NAME
from eduscope.privacy.marker import starts_with_marker
from eduscope.privacy.names import VALUE, mentioned
from eduscope.privacy.signs import Sign
from eduscope.privacy.tokens import starts_with_token

RANK = 71


def _attempted(match: re.Match[str]) -> Range | None:
    """A name that somebody logged in with may be any word."""
    return (
        None
        if starts_with_marker(match["value"]) or starts_with_token(match["value"])
        else match.span("value")
    )


_MENTIONED = Detector(
    "USERNAME",
    ascii_pattern(rf"(?i:\b(?:for|by|of|as|invalid|illegal|unknown) {{1,2}}user {{1,2}}){VALUE}"),
    signs=(Sign("uU", "(?<=(?i:[ryfsdln]) [uU])(?i:ser) "),),
    locate=mentioned,
    reach=10,  # `unknown` and two spaces
)
_METHODS = r"password|publickey|none|keyboard-interactive(?:/pam)?|hostbased|gssapi-with-mic"
_LOGIN = Detector(
    "USERNAME",
    ascii_pattern(
        rf"(?i:\b(?:(?:{_METHODS}) {{1,2}}for|(?:invalid|illegal) {{1,2}}user) {{1,2}}"
        r"(?:(?:invalid|illegal) {1,2}user {1,2})?)"
        rf"{VALUE}(?= {{1,2}}(?:from\b|\[preauth))"
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
    ascii_pattern(rf"(?i:\bauthentication failures? {{1,2}}for {{1,2}}){VALUE}"),
    signs=(Sign("f", "(?<=(?i:ures|lure) f)or "),),
    locate=mentioned,
    reach=28,  # `authentication failures` with two spaces twice
)

MESSAGE = (_MENTIONED, _LOGIN, _FAILURES)
PROSE: tuple[Detector, ...] = ()
GATE = (
    rb"(?i)(?:for|by|of|as|invalid|illegal|unknown) {1,2}user {1,2}" + NAME,
    rb"(?i)(?:" + _METHODS.replace("/", r"\\?/").encode() + rb") {1,2}for {1,2}" + NAME,
    rb"(?i)authentication failures? {1,2}for {1,2}" + NAME,
)

CATCHES = (
    ("Invalid user webmaster from 192.0.2.1", "webmaster"),
    ("input_userauth_request: invalid user anonymous [preauth]", "anonymous"),
    ("session opened for user fztu by", "fztu"),
    ("Accepted password for ada from", "ada"),
    ("Too many authentication failures for admin [preauth]", "admin"),
)
SPARES = ("check pass; user unknown", "quota for user accounts", "Failed password for")
