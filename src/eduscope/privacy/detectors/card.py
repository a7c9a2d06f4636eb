"""Payment card numbers (ISO/IEC 7812): a scheme's prefix and length, and the Luhn check digit."""

import re

from eduscope.privacy.detector import Detector, Range, ascii_pattern, when
from eduscope.privacy.digits import digits_of, luhn
from eduscope.privacy.framing import END
from eduscope.privacy.signs import Sign

RANK = 41

_SCHEMES = (
    r"(?:4[0-9]{15}"  # Visa
    r"|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"  # Mastercard
    r"|3[47][0-9]{13}"  # American Express
    r"|6(?:011|4[4-9][0-9]|5[0-9]{2})[0-9]{12}"  # Discover
    r"|3(?:0[0-5]|[68][0-9])[0-9]{11}"  # Diners Club
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12}"  # JCB
    r"|62[0-9]{14})"  # UnionPay
)
_GROUPED = r"[2-6][0-9]{3}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}|3[0-9]{3}([ -])[0-9]{6}\2[0-9]{4,5}"
_STRICT = ascii_pattern(rf"(?<![\w.#@+$-])(?:{_GROUPED}|{_SCHEMES})(?![\w-])(?!\.[0-9])")
# In prose also what is seldom met: Visa of 13 and 19 digits, Maestro from twelve on, JCB of 15.
_MAESTRO = r"(?:0604|5[06-9][0-9]{2}|6[0-9]{3})"
_LOOSE = ascii_pattern(
    r"(?<![\w+-])(?<![0-9][.,])(?<![0-9]{4} )"
    r"(?:[2-6][0-9]{15}|[4-6][0-9]{16,18}|3[47][0-9]{13}|(?:2131|1800)[0-9]{11}|3(?:0[0-5]|[689][0-9])[0-9]{11}|4[0-9]{12}"
    rf"|{_MAESTRO}[0-9]{{8,11}}"
    r"|(?:[2-6][0-9]{3}|1800)([ -])[0-9]{4}\1[0-9]{4}\1(?:[0-9]{5,7}|[0-9]{1,4}(?:\1[0-9]{1,3})?)"
    rf"|3[0-9]{{3}}([ -])[0-9]{{6}}\2[0-9]{{4,5}}|{_MAESTRO}([ -])[0-9]{{4}}\3[0-9]{{4}})(?![\w-])"
)
_NAMED_CARD = ascii_pattern(
    r"(?i:\b(?:card|cc|visa|mastercard|amex|maestro)\b)[^0-9\n]{0,24}(?P<value>[0-9](?:[ -]?[0-9]){11,18})(?![\w-])"
)
_ISSUED = ascii_pattern(_SCHEMES)
_SPAN = r"(?i:span)(?:[ _]?(?i:id))?[\"'\\]{0,3}[:= ]{1,2}[\"'\\]{0,3}"
_SPAN_KEY = ascii_pattern(_SPAN + r"\Z")
_LONGEST_SPAN_KEY = 15
_SPAN_RUN = re.compile(_SPAN.encode() + rb"[0-9]{16}" + END + rb"\Z")
_LAST_RUN = re.compile(rb"[0-9]{14,}" + END + rb"\Z")
_WINDOWS = tuple(re.compile(rb"(?=([0-9]{%d}))" % length) for length in (14, 15, 16))


def _issued(match: re.Match[str]) -> Range | None:
    """Spare what no scheme can have issued, and ids of spans: sixteen decimal digits now and then."""
    digits = digits_of(match.group())
    if _ISSUED.fullmatch(digits) is None or not luhn(digits):
        return None
    start = match.start()
    return None if _SPAN_KEY.search(match.string[max(0, start - _LONGEST_SPAN_KEY) : start]) else match.span()


def _is_checked(value: str) -> bool:
    """Whether the number has its check digit: in prose that suffices, whatever the scheme."""
    digits = digits_of(value)
    return len(set(digits)) > 1 and luhn(digits)


_RUN = Sign(
    "2-6",
    r"(?<![\w.-].)[0-9]{3}(?:[0-9]{10}|[ -](?:[0-9]{4}[ -][0-9]{4}|[0-9]{6})[ -])",
    shapes=("00000000000000", "0000 0000", "000-0000"),
)
_LOOSE_RUN = Sign("0-9", r"(?:[ -]?[0-9]){11}")

MESSAGE = (Detector("CARD", _STRICT, signs=(_RUN,), locate=_issued, reach=0),)
PROSE = (
    Detector("CARD", _LOOSE, signs=(_LOOSE_RUN,), locate=when(_is_checked), reach=0),
    Detector("CARD", _NAMED_CARD, signs=(_LOOSE_RUN,)),
)
GATE_NUMBERS = (
    rb"[2-6][0-9]{3}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{4}" + END,
    rb"3[0-9]{3}[ -][0-9]{6}[ -][0-9]{4}",
    _SCHEMES.encode() + END,
)


def spares(data: bytes) -> bool:
    """Whether the bytes end in a run of digits that is no card's, though it has the length of one.

    The byte before the run may be the length of its string and look like one more digit, so every window is tried.
    """
    run = _LAST_RUN.search(data)
    if run is None:
        return False
    if _SPAN_RUN.search(data):
        return True
    return not any(luhn(digits.decode()) for window in _WINDOWS for digits in window.findall(run[0]))


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
    "span 4111111111111111 of trace",
    '"span_id":"4111111111111111"',
)
PROSE_CATCHES = (
    ("Can I pay with 3782 822463 10005?", "3782 822463 10005"),
    ("the form rejects 4410-0582-0520-0043-043", "4410-0582-0520-0043-043"),
    ("my debit card's 6759 9058 9375", "6759 9058 9375"),
)
PROSE_SPARES = (
    "IMEI 490154203237518, epoch 1119052435069",
    "0.4111111111111111",
    "binary 0100 1000 0110 0101 0110 1100",
)
