"""Telephone numbers: international and North American shapes; others where a word says what they are."""

import re

from eduscope.privacy.detector import Detector, Range, Sign, value_range
from eduscope.privacy.digits import digits_of

# ITU-T E.164 country codes: none begins with anything else.
_COUNTRY = (
    r"(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|2[1-689]\d|3[578]\d|42\d|5[09]\d|6[789]\d|8[05-8]\d|9[679]\d)"
)
_INTERNATIONAL = re.compile(
    rf"(?<![\w+.])(?:\+|00(?=[1-9]\d?\d?[ .(-])){_COUNTRY}(?:[ .-]?\(\d{{1,4}}\))?(?:[ .-]?\d{{1,5}}){{1,6}}(?:x\d{{1,6}})?(?![\w-])"
)
_NORTH_AMERICAN = re.compile(
    r"(?<![\w.+#/-])(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d([.-]))[2-9]\d\d(?:\1|-)\d{4}(?:x\d{1,6})?(?![\w-])(?!\.\d)"
)
_NUMBER = r"[+(]{0,2}\d(?:[ ().-]{0,3}\d){5,15}(?:\s?(?:x|ext\.?)\s?\d{1,6})?"
_NAMED = re.compile(
    r"(?i:\b(?:tele)?(?:phone|fone)|\bmobile|\bcell|\bwhatsapp|\btel|\bfax|\bsms|\bmsisdn)(?i:[ _-]?(?:no|num|number|nr))?"
    rf"[\"']?\.?\s{{0,2}}[:=]\s{{0,2}}[\"']?(?P<value>{_NUMBER})(?![\w-])"
)
_SAID = re.compile(
    r"(?i:\b(?:phone|telephone|mobile|cell|tel|fax|desk|office|home|call|callback|reach|text|ring|dial|contact|whatsapp|answering"
    r"|number|messages?|sms)\b[^\d\n]{0,25}?[\s:#]{1,3})"
    rf"(?P<value>{_NUMBER})(?![\w-]*\d)"
)
_FOLLOWED = re.compile(
    rf"(?<![\w.+-])(?P<value>{_NUMBER})(?=[ -]{{1,2}}(?i:office|fax|mobile|home|cell|work|desk|phone))"
)
_LOCAL = re.compile(
    r"(?<![\w.+/-])(?:\(\d{2,5}\)|0\d{1,4})(?:[ .-]?\d{2,5}){2,4}(?![\w-])(?!\.\d)"
    r"|(?<![\w.+/-])\d{2,4}([ .-])\d{3,4}\1\d{3,4}(?:x\d{1,6})?(?![\w-])(?!\.\d)"
)
_DATE = re.compile(r"(?:19|20)\d\d[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d")


def _long_enough(match: re.Match[str]) -> Range | None:
    """E.164 allows 15 digits; fewer than 8 with a country code are no subscriber's number."""
    return value_range(match) if 8 <= len(digits_of(match.group())) <= 22 else None


def _not_a_date(match: re.Match[str]) -> Range | None:
    """Spare dates, and runs too short or too long to be dialled."""
    found = value_range(match)
    if found is None:
        return None
    value = match.string[found[0] : found[1]]
    return None if _DATE.match(value) or not 7 <= len(digits_of(value)) <= 20 else found


_PLUS = Sign("+", r"[0-9]")
_ZEROS = Sign("0", r"0[1-9][0-9]{0,2}[ .(-]")
_TEN = Sign("0-9", r"[0-9]{2}[).-] ?[0-9]{3}[.-][0-9]{4}")
_SEVEN = Sign("0-9", r"(?<![0-9].)[ ().-]{0,3}[0-9](?:[ ().-]{0,3}[0-9]){4}")

MESSAGE = (
    Detector("PHONE", _INTERNATIONAL, signs=(_PLUS, _ZEROS), locate=_long_enough),
    Detector("PHONE", _NORTH_AMERICAN, signs=(_TEN,)),
    Detector("PHONE", _NAMED, signs=(_SEVEN,), locate=_not_a_date),
)
PROSE = (
    *MESSAGE,
    Detector("PHONE", _SAID, signs=(_SEVEN,), locate=_not_a_date),
    Detector("PHONE", _FOLLOWED, signs=(_SEVEN,), locate=_not_a_date),
    Detector("PHONE", _LOCAL, signs=(_SEVEN,), locate=_not_a_date),
)
GATE: tuple[bytes, ...] = ()

CATCHES = (
    ("sms to +447700 921 916 queued", "+447700 921 916"),
    ("callback (212) 555-0187 failed", "(212) 555-0187"),
    ("phone=5551234567", "5551234567"),
    ("from 415-555-2671x12", "415-555-2671x12"),
)
SPARES = (
    "offset +0000 at 2015-10-18 18:01:47",
    "at 1764000000000000000 and 1445144423722_0020_000001",
    "blk_-6952295868487656571 size 67108864",
    "SCSI-WWID:01000010:6005-08b4-0001-00c6-0006-3000-003d-0000",
)
