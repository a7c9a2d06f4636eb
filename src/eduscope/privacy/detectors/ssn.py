"""US social security numbers."""

import re

from eduscope.privacy.detector import Detector, Sign, when
from eduscope.privacy.digits import digits_of, ssn

_NAME = r"(?i:\bssn|social[ _-]security(?:[ _-](?:no|number|num))?)[\"'#:= ]{0,6}(?:is |was )?"


def _is_ssn(value: str) -> bool:
    return ssn(digits_of(value))


_SIGN = Sign("0-9", r"(?<![0-9].)[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{4}")

_DASHED = Detector(
    "SSN",
    re.compile(r"(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-])(?!\.\d)"),
    signs=(_SIGN,),
    locate=when(_is_ssn),
)
_NAMED = Detector("SSN", re.compile(_NAME + r"(?P<value>\d{3}[ -]?\d{2}[ -]?\d{4})(?!\d)"), signs=(_SIGN,))

MESSAGE = (_DASHED, _NAMED)
PROSE = (_DASHED, _NAMED)
GATE: tuple[bytes, ...] = ()

CATCHES = (
    ("verified 460-89-9847 ok", "460-89-9847"),
    ("ssn=460899847", "460899847"),
)
SPARES = ("666-12-3456", "2015-10-18 18:01:47", "part 000-12-3456", "id 900-12-3456")
