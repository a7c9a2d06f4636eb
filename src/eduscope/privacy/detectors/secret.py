"""Values that stand behind the name of a secret: `password=`, `"token":`, `Authorization: Bearer`."""

import re

from eduscope.privacy.detector import Detector, Range, Sign, value_range
from eduscope.privacy.marker import is_marker

_ALWAYS = r"pass(?:word|wd|phrase|code)|pwd|secret|credentials?|(?:x-)?api[ _-]?key|access[ _-]?key|secret[ _-]?key|private[ _-]?key|signing[ _-]?key|encryption[ _-]?key|account[ _-]?key|connection[ _-]?string"
_OPAQUE = r"token|jwt|cookie|authorization|session(?:[ _-]?id)?|sid|otp|nonce|signature|sig|hmac"
_ASSIGNED = r"[\"'\\]{0,3}\s{0,3}(?:=>|:=|[:=]{1,2}|>(?=[^\s<]))\s{0,3}"
_QUOTED = (
    r'"(?P<double>(?:[^"\\\n]|\\.)+)"'
    + r"|'(?P<single>(?:[^'\\\n]|\\.)+)'"
    + r'|\\"(?P<escaped>[^"\\\n]+)\\"'
)
_BARE = r"[\"'\\]{0,3}(?P<bare>(?:[^\s\"',;&<>\\]|\\(?![\"'])|[,;](?=[^\s\"']))+)"
_SCHEME = r"(?:(?i:bearer|basic|digest|token|apikey)\s{1,3})?"

_SPARED = re.compile(
    r"(?i:null|none|nil|true|false|undefined|required|missing|invalid|expired|unset|set|present|absent|ok|yes|no|failed|changed"
    r"|reset|incorrect|wrong|mismatch|hidden|redacted|masked|filtered|disabled|enabled|empty|unknown|valid|verified|rotated|revoked)[.:!)]*"
    r"|[*x.•-]+|\$?\{[^}]*\}+|%\w|\$\w+|<[^>]*>|[\[\](){}]+"
)
_NAMES = ("double", "single", "escaped", "bare")


def _value(match: re.Match[str]) -> Range | None:
    """Where the value stands, unless it is a word about the secret, or a marker."""
    name = next(n for n in _NAMES if match[n] is not None)
    value = match[name]
    return None if _SPARED.fullmatch(value) or is_marker(value) else match.span(name)


def _opaque_value(match: re.Match[str]) -> Range | None:
    """As `_value`, for words that also have an everyday meaning: the value must look drawn, not written."""
    found = _value(match)
    if found is None:
        return None
    value = match.string[found[0] : found[1]]
    if _OUR_TOKEN.fullmatch(value):
        return None
    return found if len(value) >= 8 and any(c.isdigit() for c in value) else None


_OUR_TOKEN = re.compile(r"[a-z]{2,8}_[a-z0-9]{1,8}_[a-z2-7]{26}")
_ENDS = (
    "ord",
    "swd",
    "ase",
    "ode",
    "pwd",
    "ret",
    "ial",
    "als",
    "key",
    "ing",
    "ken",
    "jwt",
    "kie",
    "ion",
    "nid",
    "_id",
    "-id",
    "sid",
    "otp",
    "nce",
    "ure",
    "sig",
    "mac",
)
_ENDED = "|".join(_ENDS)
_SIGNS = (
    Sign(":=>", rf"(?<=(?i:{_ENDED}).)"),
    Sign(":=>", r"(?<=[\"' \\].)"),
)

_KEYED = Detector(
    "SECRET",
    re.compile(rf"(?i:{_ALWAYS}){_ASSIGNED}{_SCHEME}(?:{_QUOTED}|{_BARE})"),
    signs=_SIGNS,
    locate=_value,
)
_KEYED_OPAQUE = Detector(
    "SECRET",
    re.compile(rf"(?i:{_OPAQUE}){_ASSIGNED}{_SCHEME}(?:{_QUOTED}|{_BARE})"),
    signs=_SIGNS,
    locate=_opaque_value,
)
_BEARER = Detector(
    "SECRET",
    re.compile(r"(?i:\b(?:bearer|basic)\s{1,3})(?P<value>(?=[^\s]*\d)[A-Za-z0-9._~+/=-]{12,})"),
    words=("earer ", "asic ", "EARER ", "ASIC "),
)

MESSAGE = (_KEYED, _KEYED_OPAQUE, _BEARER)
PROSE = MESSAGE
GATE: tuple[bytes, ...] = ()

CATCHES = (
    ("login with password=hunter2 failed", "hunter2"),
    ('{"password": "correct horse"}', "correct horse"),
    ("Authorization: Bearer abc.DEF-123456", "abc.DEF-123456"),
    ("api_key: 9f8e7d6c5b4a", "9f8e7d6c5b4a"),
)
SPARES = (
    "Failed password for root",
    "password: required",
    "Executing with tokens:",
    "ai.tokens_used=512",
    '"password": null',
    "token: expired",
)
