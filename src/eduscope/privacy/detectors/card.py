"""Payment card numbers (ISO/IEC 7812): a scheme's prefix and length, and the Luhn check digit."""

import re

from eduscope.privacy.detector import Detector, Sign, when
from eduscope.privacy.digits import digits_of, luhn

_SCHEMES = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12}"  # Discover
    r"|3(?:0[0-5]|[68]\d)\d{11}"  # Diners Club
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|62\d{14,17}"  # UnionPay
)
_GROUPED = r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}|3\d{3}([ -])\d{6}\2\d{4,5}"
_STRICT = re.compile(rf"(?<![\w.#@+$-])(?:{_GROUPED}|\d{{13,19}})(?![\w-])(?!\.\d)")
_LOOSE = re.compile(r"(?<![\w-])(?:\d{4}[ -]){2,3}\d{3,7}(?![\w-])|(?<![\w-])\d{12,19}(?![\w-])")
_NAMED = re.compile(
    r"(?i:\b(?:card|cc|visa|mastercard|amex|maestro)(?:[ _-]?(?:no|num|number|nr))?\b\.?[\"' #:=]{0,6}(?:is )?)"
    r"(?P<value>\d(?:[ -]?\d){11,18})(?![\w-])"
)


def _is_card(value: str) -> bool:
    """Whether the digits are a number that a scheme could have issued."""
    digits = digits_of(value)
    return _SCHEMES.fullmatch(digits) is not None and luhn(digits)


def _is_cardlike(value: str) -> bool:
    """Whether the digits carry a check digit: in prose that suffices, whatever the scheme."""
    digits = digits_of(value)
    return len(set(digits)) > 1 and luhn(digits)


_SIGN = Sign("0-9", r"(?:[0-9]{11}|[0-9]{2}[0-9][ -][0-9]{4})")

MESSAGE = (Detector("CARD", _STRICT, signs=(_SIGN,), locate=when(_is_card)),)
PROSE = (
    Detector("CARD", _LOOSE, signs=(_SIGN,), locate=when(_is_cardlike)),
    Detector("CARD", _NAMED, signs=(_SIGN,)),
)
GATE: tuple[bytes, ...] = ()

CATCHES = (
    ("charge declined for 4111 1111 1111 1111", "4111 1111 1111 1111"),
    ("card=5555555555554444 refused", "5555555555554444"),
    ("amex 3782-822463-10005", "3782-822463-10005"),
)
SPARES = (
    "start_time_unix_nano=1764000000000000000",
    "block blk_4111111111111111 terminating",
    "order 4111111111111112 has no check digit",
    "1514038440000##7007##548365",
)
