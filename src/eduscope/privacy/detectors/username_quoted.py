"""User names in quotes or brackets: `for user "ada"`, `user [ada]`. For messages of programs only."""

import re

from eduscope.privacy.detector import Detector, Range, ascii_pattern
from eduscope.privacy.marker import starts_with_marker
from eduscope.privacy.names import mentioned
from eduscope.privacy.signs import Sign

RANK = 73

_WORDS = r"user(?:[ _]?name)?|account|identity|login"
_IN_QUOTES = r"(?P<value>[^\s\"'\\:\[\](){}<>,;=][^\"'\\:\[\](){}<>,;=\n]{0,63})"
# PostgreSQL's roles are its users; elsewhere a role is what many have.
_NO_ROLE = r" (?:does not exist|is not permitted to log in|already exists|cannot be dropped)"
_IN_BRACKETS = r"\[(?P<value>[A-Za-z0-9_][^\s\[\],:]{0,63})\]"


_COUNT = ascii_pattern(r"[0-9]{1,3}")


def _quoted(match: re.Match[str]) -> Range | None:
    """Short numbers count something."""
    return None if _COUNT.fullmatch(match["value"]) else mentioned(match)


def _bracketed(match: re.Match[str]) -> Range | None:
    """Spare markers, which are in brackets too."""
    start = match.start("value")
    return None if starts_with_marker(match.string[start - 1 : match.end()]) else _quoted(match)


_QUOTE_SIGN = (
    Sign("\"'", r"(?<=(?i:[rtyen]) .)(?<=(?i:ser|ame|ole|unt|ity|gin) .)[^\s]"),
    Sign("\"'", r"(?<= \\.)(?<=(?i:ser|ame|ole|unt|ity|gin) \\.)[^\s]"),
)

_BRACKET_SIGN = (Sign(r"\[", r"(?<= .)[A-Za-z0-9_](?:(?<=[uU]ser ..)|(?<=word for ..))(?!SERNAME\])"),)
_SECOND_SIGN = (Sign(r"\[", r"(?<=[ \\].)[A-Za-z0-9_](?:(?<=\] -> ..)|(?<=\]\\..))"),)

MESSAGE = (
    Detector(
        "USERNAME",
        ascii_pattern(rf"(?i:\b(?:{_WORDS})) \\?[\"']{_IN_QUOTES}\\?[\"']"),
        signs=_QUOTE_SIGN,
        locate=_quoted,
        reach=11,
    ),
    Detector(
        "USERNAME",
        ascii_pattern(rf"\brole \\?[\"'](?P<value>[\w.$-]{{1,63}})\\?[\"'](?={_NO_ROLE})"),
        signs=_QUOTE_SIGN,
        locate=_quoted,
        reach=6,
    ),
    # `Authentication for user [ada] -> [ada] FAILED`, `user [CORP]\[ada]`, `could not identify password for [ada]`
    Detector(
        "USERNAME",
        ascii_pattern(rf"\b(?:[Uu]ser|password for) {_IN_BRACKETS}"),
        signs=_BRACKET_SIGN,
        locate=_bracketed,
        reach=13,
    ),
    Detector(
        "USERNAME",
        ascii_pattern(rf"\b[Uu]ser \[[^\[\]\n]{{1,64}}\]{{1,2}}(?: -> |\\){_IN_BRACKETS}"),
        signs=_SECOND_SIGN,
        locate=_bracketed,
        reach=76,
    ),
)
PROSE: tuple[Detector, ...] = ()
_QUOTE = rb"(?:[\"'\\]|\\u002[27]){1,6}"
_NO_MARKER = rb"(?:[a-z0-9]|[A-Z_]{1,63}[^A-Z_\]]|[A-Z_]\]|[A-Z_]{25})"
GATE = (
    rb"(?i)(?:" + _WORDS.encode() + rb") " + _QUOTE + rb"[^\s\"'\\:\[\](){}<>,;=]",
    rb"role " + _QUOTE + rb"[0-9A-Za-z_.$-]{1,63}" + _QUOTE + _NO_ROLE.encode(),
    rb"(?:[Uu]ser|password for) \[" + _NO_MARKER,
    rb"[Uu]ser \[[^\n]{1,400}\](?: -(?:>|\\u003[eE]) |\\{1,4})\[" + _NO_MARKER,
)

CATCHES = (
    ('FATAL:  password authentication failed for user "jdoe"', "jdoe"),
    ("Access denied for user 'ada'@'192.0.2.1' (using password: YES)", "ada"),
    ('FATAL:  role "ada" does not exist', "ada"),
    ("User 'Ada Lovelace' signed the form", "Ada Lovelace"),
    ("authentication succeeded for username 'j.smith'", "j.smith"),
    (r"body={\"error\":\"no account \"ada\" here\"}", "ada"),
    ("Authentication for user [ada] FAILED", "ada"),
    ("auth could not identify password for [bob_1]", "bob_1"),
)
SPARES = (
    "for user [USERNAME] -> [USERNAME]",
    "role \"teacher\" may read grades, a user's account isn't found",
    "service account 'system:serviceaccount:edu:default'",
    'user "usr_k1_abcdefghijklmnopqrstuvwxyz" logged in',
    "user [1] of [2] done",
)
