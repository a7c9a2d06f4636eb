"""Values that stand behind the name of a secret: `password=`, `"token":`, `Authorization: Bearer`."""

import re

from eduscope.privacy.detector import Detector, Range, ascii_pattern
from eduscope.privacy.framing import ASSIGN, QUOTED_VALUE, QUOTES, VALUE
from eduscope.privacy.marker import starts_with_marker
from eduscope.privacy.signs import Sign, key_ends, key_sign
from eduscope.privacy.tokens import is_token

RANK = 11

# Whatever stands behind these is secret.
_PLAIN = (
    r"pass(?:word|wd|phrase|code)|pwd|secret|credentials?|one[ _-]?time[ _-]?(?:code|password)|otp|pin[ _-]?code"
    r"|(?:api|access|secret|private|signing|encryption|account|shared|license)[ _-]?key|connection[ _-]?string"
    r"|_pass|-pass|key[_-]base"
)
# These have everyday meanings too: a value is secret if it looks drawn, not written.
_AMBIGUOUS = (
    r"token(?:[_-]?keys)?|(?:app|auth|client|master|admin|role|sdk|consumer|subscription|ingest|hmac)[ _-]?key|creds"
    r"|[_-]session|jwt|cookie|authorization|session[ _-]?(?:id|key|token)|sessid|connect\.sid|signature|sig|hmac"
)

_ASSIGNED = r"[\"'\\]{0,4} {0,3}(?:=>|:=|[:=]{1,2}|>) {0,3}"
_QUOTED = (
    r'"(?P<double>(?:[^"\\\n]|\\.)+)"'
    r"|'(?P<single>(?:[^'\\\n]|\\.)+)'"
    r'|\\"(?P<escaped>[^"\\\n]+)\\"'
)
_BARE = r"[\"'\\]{0,4}(?P<bare>(?![,;])(?:[^\s\"',;&<>\\]|\\(?![\"'])|[,;](?=[^\s\"']))+)"
_SCHEME = r"(?:(?i:bearer|basic|digest|token|apikey) {1,3})?"
_NAMES = ("double", "single", "escaped", "bare")

_SPARED = ascii_pattern(
    r"(?i:null|none|nil|true|false|undefined|required|missing|invalid|expired|unset|set|present|absent|ok|yes|no|failed|changed|reset"
    r"|incorrect|wrong|mismatch|authentication|(?-i:I)|hidden|redacted|masked|filtered|disabled|enabled|empty|unknown|valid|verified|rotated|revoked)[.:!)]*"
    r"|(?:auth|account|session|chauthtok|setcred)\)\S*"  # PAM: `(passwd:chauthtok)`
    r"|[*x.•\\\"'-]+|\$?\{[^}]*\}+|%\w|<[^>]*>|[\[\](){}]+"
)
_DRAWN = re.compile(r"(?!0x[0-9a-fA-F]*\Z)(?=.*[0-9])(?=.*[A-Za-z])[^\s\"']{8}", re.DOTALL)
_OBJECT = ascii_pattern(r"[\w.$]+[@{][0-9a-f]{5,8}\W*")
_FOLDER = "PWD=/"  # sudo's and the shell's working folder


def _plain(match: re.Match[str]) -> Range | None:
    """Where the value stands, unless it is a word about the secret, a token of ours or a marker."""
    name = next(n for n in _NAMES if match[n] is not None)
    value = match[name]
    if match.group().startswith(_FOLDER):
        return None
    return (
        None if _SPARED.fullmatch(value) or starts_with_marker(value) or is_token(value) else match.span(name)
    )


def _ambiguous(match: re.Match[str]) -> Range | None:
    """As `_plain`, if letters and digits are mixed; an address of an object in memory is not secret."""
    found = _plain(match)
    if found is None:
        return None
    value = match.string[found[0] : found[1]]
    return found if _DRAWN.match(value) and not _OBJECT.fullmatch(value) else None


_SIGNS = (
    key_sign(
        *("sword", "asswd", "phrase", "pwd", "cret", "ntial", "ntials", "otp", "nstring", "n[ _-]string"),
        *("_pass", "-pass", "y_base", "y-base", "keys", "creds", "_session", "-session"),
        *key_ends(("app", "auth", "ient", "ster", "dmin", "role", "sdk", "umer", "gest", "hmac"), "key", "[ _-]key"),
        *key_ends(("me", "in"), "code", "[ _-]code"), "sscode",
        *key_ends(("api", "ess", "ret", "ate", "ing", "ion", "unt", "red", "nse"), "key", "[ _-]key"),
        *("oken", "jwt", "ookie", "zation", "ature", "sig", "hmac", "essid", "t.sid"),
        *key_ends(("session",), "id", "_id", " id", "-id"),
    ),
)  # fmt: skip
_REACH = 24  # `one_time_password`, four quotes and three spaces

_KEYED = Detector(
    "SECRET",
    ascii_pattern(rf"(?i:{_PLAIN}){_ASSIGNED}{_SCHEME}(?:{_QUOTED}|{_BARE})"),
    signs=_SIGNS,
    locate=_plain,
    reach=_REACH,
)
_KEYED_DRAWN = Detector(
    "SECRET",
    ascii_pattern(rf"(?i:{_AMBIGUOUS}){_ASSIGNED}{_SCHEME}(?:{_QUOTED}|{_BARE})"),
    signs=_SIGNS,
    locate=_ambiguous,
    reach=_REACH,
)
_BEARER = Detector(
    "SECRET",
    ascii_pattern(
        r"(?i:\b(?:bearer|basic) {1,3})(?P<value>(?=[A-Za-z0-9._~+/=-]{0,200}[0-9])[A-Za-z0-9._~+/=-]{12,})"
    ),
    signs=(Sign("bB", "(?i:earer |asic )"),),
    reach=0,
)

MESSAGE = (_KEYED, _KEYED_DRAWN, _BEARER)
PROSE = MESSAGE
_ANY_VALUE = rb"(?:" + VALUE + rb"|" + QUOTED_VALUE + rb")"
_ANY_SCHEME = rb"(?:(?:bearer|basic|digest|token|apikey) {1,3}" + QUOTES + rb")?"
GATE = (
    rb"(?i)(?:" + _PLAIN.encode() + rb")" + ASSIGN + _ANY_VALUE,
    rb"(?i)(?:" + _AMBIGUOUS.encode() + rb")" + ASSIGN + _ANY_SCHEME + _ANY_VALUE + rb"[^\s\"']{7}",
    rb"(?i)(?:bearer|basic) {1,3}[A-Za-z0-9._~+/=\\-]{12}",
)

CATCHES = (
    ("login with password=hunter2 failed", "hunter2"),
    ('{"password": "correct horse"}', "correct horse"),
    ("Authorization: Bearer abc.DEF-123456", "abc.DEF-123456"),
    ("api_key: 9f8e7d6c5b4a", "9f8e7d6c5b4a"),
    (r"body={\"secret\":\"s3cr3t\"}", "s3cr3t"),
    ("DB_PASSWORD='p w' exported", "p w"),
    ("SMTP_PASS=hunter2", "hunter2"),
    ("APP_KEY=base64:9f8e7d6c5b4a3f2e", "base64:9f8e7d6c5b4a3f2e"),
    ("EDUSCOPE_TOKEN_KEYS=k1:c2VjcmV0IDE=", "k1:c2VjcmV0IDE="),
    ("<password>hunter2</password>", "hunter2"),
)
SPARES = (
    "Failed password for root",
    "password: required",
    "Executing with tokens:",
    "ai.tokens_used=512",
    '"password": null',
    "token: expired",
    "bypass=17, client_key: unknown, tests pass: 42",
    "closing session: 30546173_4271022933",
    "for sessionid: 0x34ede65503f002b",
    "token=android.os.BinderProxy@1a2b3c4",
    "wtoken = AppWindowToken{9dfb0f0 token=Token{3daa2d6 ActivityRecord}",
    "TTY=pts/0 ; PWD=/srv/app ; COMMAND=/bin/ls",
    "pam_unix(passwd:chauthtok): done, check_ntlm_password:  Authentication for one",
)
