"""US social security numbers."""

from eduscope.privacy.detector import Detector, ascii_pattern, when
from eduscope.privacy.digits import digits_of, ssn
from eduscope.privacy.framing import ASSIGN, END
from eduscope.privacy.signs import Sign, key_ends, key_sign

RANK = 42

_NAMES = r"(?i:\bssn|\bsocial[ _-]security(?:[ _-](?:no|number|num))?)"


def _is_issued(value: str) -> bool:
    return ssn(digits_of(value))


_DASHED = Detector(
    "SSN",
    ascii_pattern(r"(?<![\w.-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![\w-])(?!\.[0-9])"),
    signs=(Sign("-", r"(?<=[0-9]-)[0-9][0-9]-[0-9]{4}", shapes=("0-00-0000",)),),
    locate=when(_is_issued),
    reach=3,
)
_KEYED = Detector(
    "SSN",
    ascii_pattern(
        _NAMES
        + r"[\"'\\]{0,3} {0,3}[:=] {0,3}[\"'\\]{0,3}(?P<value>[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{4})(?![0-9])"
    ),
    signs=(
        key_sign("ssn", "urity", *key_ends(("urity",), "_no", "number", "[ _-]number", "num", "[ _-]num")),
    ),
    reach=32,
)
_VALUE = r"(?P<value>[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{4})(?![0-9])"
_NINE = Sign("0-9", r"[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{4}")
_SAID = Detector(
    "SSN",
    ascii_pattern(rf"(?:{_NAMES}|(?i:\bsocial)(?= ?[:#=]| is\b))[^0-9\n]{{0,16}}{_VALUE}"),
    signs=(_NINE,),
)
_SAID_BEHIND = Detector(
    "SSN",
    ascii_pattern(
        rf"(?<![\w.+-]){_VALUE}(?=[^\w\n]{{1,3}}(?:[a-z]{{2,9}} ){{0,3}}(?i:ssn|social security|my social)\b)"
    ),
    signs=(_NINE,),
    locate=when(_is_issued),
)

MESSAGE = (_DASHED, _KEYED)
PROSE = (_DASHED, _SAID, _SAID_BEHIND)
GATE_NUMBERS = (rb"[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}" + END,)
GATE = (
    rb"(?i)(?:ssn|social[ _-]security(?:[ _-](?:no|number|num))?)"
    + ASSIGN
    + rb"[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{4}",
)

CATCHES = (
    ("verified 460-89-9847 ok", "460-89-9847"),
    ("ssn=460899847", "460899847"),
    ('{"ssn": "460 89 9847"}', "460 89 9847"),
)
SPARES = ("666-12-3456", "2015-10-18 18:01:47", "part 000-12-3456", "id 900-12-3456", "a-460-89-9847-b")
PROSE_CATCHES = (
    ("The form wants a social: 460 89 9847", "460 89 9847"),
    ("last year I used 460899847 as my SSN", "460899847"),
)
PROSE_SPARES = ("460899847 people on social media",)
