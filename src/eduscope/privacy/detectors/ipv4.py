"""IPv4 addresses of hosts; loopback, unspecified and broadcast ones, and networks, identify nobody."""

import re

from eduscope.privacy.detector import Detector, Range, ascii_pattern
from eduscope.privacy.signs import Sign

RANK = 50

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_V4 = ascii_pattern(rf"(?<![\w.~])(?!(?:0|127|255)\.)(?:{_OCTET}\.){{3}}{_OCTET}(?!\w)(?!\.[0-9])")
_WORDS = "version|ver|release|build|revision|rev|firmware|driver|dll|sdk|package|assembly"
_BEHIND_WORD = "\"' =:"
_VERSION = ascii_pattern(rf"(?i:\b(?:{_WORDS})s?)[{_BEHIND_WORD}]{{0,4}}\Z")
_VERSION_WORDS = tuple(word + s for word in _WORDS.split("|") for s in ("", "s"))
_LONGEST_VERSION_WORD = 16


def _host(match: re.Match[str]) -> Range | None:
    """Spare addresses of no host (`130.0.0.0` is a browser's version) and what a word calls a version."""
    start, end = match.span()
    text = match.string
    if text.endswith(".0.0", start, end):
        return None
    if not start or text[start - 1] not in _BEHIND_WORD:
        return start, end
    before = text[max(0, start - _LONGEST_VERSION_WORD) : start]
    called_version = before.rstrip(_BEHIND_WORD).lower().endswith(_VERSION_WORDS) and _VERSION.search(before)
    return None if called_version else (start, end)


MESSAGE = (
    Detector(
        "IP",
        _V4,
        signs=(
            Sign(
                ".",
                r"(?<=[0-9]\.)(?<![^0-9]0\.)[0-9]{1,3}+\.[0-9]{1,3}+\.[0-9]{1,3}+(?!\w)(?!\.[0-9])",
                shapes=("0.0",),
            ),
        ),
        locate=_host,
        reach=3,
    ),
)
# `exercise 4.2.1.3`, `12.1.4.2 Theorem`: parts of a book are counted in small numbers.
_PART = ascii_pattern(
    r"(?:§|(?i:\b(?:exercise|ex|section|sect?|chapter|theorem|lemma|figure|fig|table|task|problem|question|example"
    r"|definition|equation|appendix|clause|paragraph|part|step|unit|lesson|corollary|proposition|algorithm|listing)s?))"
    r"\.?[ (]{1,2}\Z"
)
_LONGEST_PART_WORD = 16
_HEADING = ascii_pattern(r"\.? (?:[A-Z][a-z]|[\"'])")
_SMALL = ascii_pattern(r"[0-9]{1,2}(?:\.[0-9]{1,2}){3}")
_PRIVATE = "10."


def _not_a_part(match: re.Match[str]) -> Range | None:
    """A host's address, and not the number of a part of a book."""
    found = _host(match)
    if found is None or not _SMALL.fullmatch(match.group()):
        return found
    start, end = found
    before = match.string[max(0, start - _LONGEST_PART_WORD) : start]
    if _PART.search(before):
        return None
    begins = not start or match.string[start - 1] == "\n"
    is_heading = begins and not match.group().startswith(_PRIVATE) and _HEADING.match(match.string, end)
    return None if is_heading else found


PROSE = (Detector("IP", _V4, signs=MESSAGE[0].signs, locate=_not_a_part, reach=3),)

# The first number is not 0, 127 or 255, the last two are not both 0.
HOSTS = (
    rb"(?:[3-9][0-9]?|1(?:[013-9][0-9]?|2[0-689]?)?|2(?:[0-4][0-9]?|5[0-4]?|[6-9])?)"
    rb"\.[0-9]{1,3}\.(?:[1-9][0-9]{0,2}\.[0-9]|0\.[1-9])"
)
GATE_NUMBERS = (HOSTS,)
GATE = (rb"-" + HOSTS,)

CATCHES = (
    ("connection from 203.0.113.7 port 22", "203.0.113.7"),
    ("src: /10.251.73.220:54106 dest", "10.251.73.220"),
)
SPARES = (
    "listening on 127.0.0.1:4400 and 0.0.0.0:80",
    "Chrome/130.0.0.0 Safari/537.36",
    "Servicing Stack v6.1.7601.23505 and ~amd64~~6.1.1.3",
    "wcp.dll version 1.2.3.4",
    "client 203.0.113.h4k2q connected",
    "oid 1.3.6.1.4.1.311",
)
PROSE_CATCHES = (("ping 1.2.3.4 says nothing", "1.2.3.4"), ("10.1.2.3 Server is down", "10.1.2.3"))
PROSE_SPARES = ("exercise 4.2.1.3 b)", "1.2.3.4 Theorem (Bolzano)", "see § 12.1.4.2")
