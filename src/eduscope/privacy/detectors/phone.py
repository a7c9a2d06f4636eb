"""Telephone numbers: international and North American shapes; others where a word says what they are."""

import re

from eduscope.privacy.detector import Detector, Range, ascii_pattern, value_range
from eduscope.privacy.digits import digits_of
from eduscope.privacy.framing import ASSIGN, END, QUOTES, START_UNJOINED
from eduscope.privacy.signs import Sign, key_ends, key_sign

RANK = 60

# ITU-T E.164 country codes; no number begins with anything else.
_COUNTRY = (
    r"(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|2[1-689][0-9]|3[578][0-9]|42[0-9]|5[09][0-9]|6[789][0-9]|8[05-8][0-9]|9[679][0-9])"
)
_EXTENSION = r"(?: ?(?:x|ext\.?) ?[0-9]{1,6})?"
_INTERNATIONAL = ascii_pattern(
    rf"(?<![\w+.-])(?:\+{_COUNTRY}|\(\+{_COUNTRY}\)|00{_COUNTRY}(?=[ .(-]))"
    rf"(?:[ .-]?\([0-9]{{1,4}}\))?(?:[ .-]?[0-9]{{1,14}}){{1,6}}{_EXTENSION}(?!\w)"
)
_NORTH_AMERICAN = ascii_pattern(
    r"(?<![\w.+#/-])(?:1[ .-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}([.-]))[2-9][0-9]{2}(?:\1|-)[0-9]{4}"
    rf"{_EXTENSION}(?![\w-])(?!\.[0-9])"
)
_NUMBER = rf"[+(]{{0,2}}[0-9](?:[ ().-]{{0,3}}[0-9]){{5,15}}{_EXTENSION}"
_EXTENDED = ascii_pattern("[xe]")
_KEYS = r"(?:phone|mobile|cell|whatsapp|tel|fax|sms|msisdn)(?:[ _-]?(?:no|num|number|nr))?"
_KEYED = ascii_pattern(
    rf"(?i:{_KEYS})[\"'\\]{{0,3}}\.? {{0,2}}[:=] {{0,2}}[\"'\\]{{0,3}}(?P<value>{_NUMBER})(?!\w)"
)

# What follows is for prose, where the words around a number say more than its shape.
_SAID = rf"[+(]{{0,2}}[0-9](?:[ ()./-]{{0,3}}[0-9]){{5,15}}{_EXTENSION}"
_WORDS = (
    r"(?i:\b(?:tele|cell|smart)?phon(?:e[sd]?|ing)|\bph|\bmobile?|\bcell|\bhandy|\btel|\bfax|\bcall(?:back|ing|ed)?"
    r"|\breach(?:ed|able|ing)?|\btext(?:ed|ing)?|\bring(?:ing)?|\brang|\bdial(?:l?ed|l?ing)?|\bcontact(?:ed)?|\bwhatsapp"
    r"|\banswering|\bmessages?|\bvoice ?mail|\bsms|\bcode to|\b(?:help|hot|land|support) ?line"
    r"|\b(?:my|your|his|her|their|our|new|registered|the|this|[a-z]+'s) number|\b(?:desk|office|home|work)(?= ?:))\b"
)
# What is counted or weighed, and what is said of a number in mathematics.
_COUNTED = (
    r"(?! (?:times|points|people|inhabitants|residents|words|characters|lines|rows|elements|bytes|years|light|seconds"
    r"|km|kg|m|met(?:re|er)s|miles|USD|EUR|dollars|euros"
    r"|is (?:an? |not )?(?:prime|even|odd|divisible|multiple|square|power))\b| [€$£])"
)
_SAID_BEFORE = ascii_pattern(
    rf"{_WORDS}[^0-9\n]{{0,25}}?[\s:#(]{{1,3}}(?P<value>{_SAID})(?![\w-]*[0-9]| 000){_COUNTED}"
)
_SAID_TOO = ascii_pattern(
    rf"{_WORDS}[^0-9\n]{{0,25}}?[\s:#(]{{1,3}}{_SAID}(?:,? (?:to|and|or|&)|[,;/]| /) (?P<value>{_SAID})(?![\w-]*[0-9])"
)
_SAID_BEHIND = ascii_pattern(
    rf"(?<![\w.+-])(?P<value>{_SAID})(?=[ -]{{1,2}}(?i:office|fax|mobile|home|cell|work|desk|phone)\b"
    r"| (?:is|was|as|still)(?: [a-z]{2,5})? (?:my|his|her|their|our|your)(?: [a-z]+)? (?:number|phone|mobile|cell)\b)"
)
_NATIONAL = ascii_pattern(
    r"(?<![\w.+/-])(?<![0-9] )(?<!= )(?:(?:\([0-9]{2,5}\)|0[0-9]{1,4})(?:[ .-]?[0-9]{2,5}){2,4}"
    r"|(?:0[0-9]{2,4}|\(0[0-9]{2,4}\)) ?/ ?[0-9]{3,5}(?:[ .-]?[0-9]{2,5}){0,3}"  # Austria, Germany
    r"|(?:\(06\)|06-)?[1-9][0-9]?/[0-9]{3}[ -][0-9]{4}"  # Hungary
    r"|[1-9][0-9] (?:9 ?)?[0-9]{4}-[0-9]{4}"  # Brazil
    r"|8[ -](?:\([0-9]{3}\)|[0-9]{3})[ -][0-9]{3}[ -][0-9]{2}[ -][0-9]{2}"  # Russia
    r"|[6-9][0-9]{2}(?: [0-9]{2}){3}|[89][0-9] [0-9]{3} [0-9]{2} [0-9]{2}"  # Spain
    r"|[49][0-9]{2} [0-9]{2} [0-9]{3}"  # Norway
    r"|(?:2[1-9][0-9]{2}|69[0-9]{2}) [0-9]{6}"  # Greece
    r"|1[3-9][0-9]{9}(?<!0000)"  # China
    rf"|[0-9]{{2,4}}([ .-])[0-9]{{3,4}}\1[0-9]{{3,4}}{_EXTENSION})"
    rf"(?![\w-])(?!\.[0-9])(?! [0-9]| [A-Z][a-z]{{2}}){_COUNTED}"
)
_DATE = ascii_pattern(
    r"(?:19|20)[0-9]{2}[-./ ][0-9]{1,2}[-./ ][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2}[-./](?:1[0-9]|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2} ?[-/] ?(?:19|20)[0-9]{2}(?![0-9])"
)
_DECIMAL = ascii_pattern(r"[0-9]{1,3}\.[0-9]{5,}")
_FUNCTION = ascii_pattern(r"(?<!phone)(?<!mobile)(?<!cell)(?<!tel)(?<!fax)(?<=[A-Za-z_0-9])\(\Z")
_OTHER = ascii_pattern(r"[0-9]{2,3}(?:\.[0-9]{3})+|[0-9]{4}[- ][0-9]{4}")
_SHORTEST_UNSAID = 8


def _dialled(match: re.Match[str]) -> Range | None:
    """With a country code, 8 to 15 digits (E.164), before the extension."""
    digits = digits_of(_EXTENDED.split(match.group())[0])
    return match.span() if 8 <= len(digits.removeprefix("00")) <= 15 else None


def _not_a_date(match: re.Match[str]) -> Range | None:
    """Spare dates, and runs too short or too long to be dialled."""
    found = value_range(match)
    if found is None:
        return None
    value = match.string[found[0] : found[1]]
    return None if _DATE.match(value) or not 7 <= len(digits_of(value)) <= 21 else found


def _said(match: re.Match[str]) -> Range | None:
    """Spare decimals too, and the arguments of a function: `call f(1234567)`."""
    found = _not_a_date(match)
    if found is None:
        return None
    start, end = found
    if _DECIMAL.fullmatch(match.string, start, end):
        return None
    return None if match.string[start].isdigit() and _FUNCTION.search(match.string[:start][-8:]) else found


def _national(match: re.Match[str]) -> Range | None:
    """Spare what is too short without a word that says so, thousands in groups, and an ISSN (ISO 3297)."""
    found = _not_a_date(match)
    if found is None or len(digits_of(match.group())) < _SHORTEST_UNSAID or _OTHER.fullmatch(match.group()):
        return None
    return found


_PLUS = Sign("+", r"[0-9]", shapes=("+0",))
_ZEROS = Sign("0", r"0(?<![\w+.-]..)[1-9][0-9]{0,2}+[ .(-][0-9(]", shapes=("000",))
_TEN = Sign(").-", r"(?<=[0-9].) ?[0-9]{3}[.-][0-9]{4}", shapes=("000-0000", "000.0000"))
_SEVEN = Sign("0-9", r"(?:[ ()./-]{0,3}[0-9]){5}")
_NAMED = ("hone", "bile", "cell", "sapp", "tel", "fax", "sms", "sdn")
_ENDINGS = ("[nlpeamd][elpxsn]",)  # of all these: one pattern is made in a tenth of the time
_KEY_SIGNS = (
    key_sign(
        *_NAMED, "tel.", "fax.",
        *key_ends(_ENDINGS, "_no", " no", "num", "[ _-]num", "number", "[ _-]number", "_nr", " nr", "no.", "[ _-]no."),
    ),
)  # fmt: skip

MESSAGE = (
    Detector("PHONE", _INTERNATIONAL, signs=(_PLUS, _ZEROS), locate=_dialled, reach=1),
    Detector("PHONE", _NORTH_AMERICAN, signs=(_TEN,), reach=6),
    Detector("PHONE", _KEYED, signs=_KEY_SIGNS, locate=_not_a_date, reach=24),
)
PROSE = (
    *MESSAGE,
    Detector("PHONE", _SAID_BEFORE, signs=(_SEVEN,), locate=_said),
    Detector("PHONE", _SAID_TOO, signs=(_SEVEN,), locate=_said),
    Detector("PHONE", _SAID_BEHIND, signs=(_SEVEN,), locate=_said),
    Detector("PHONE", _NATIONAL, signs=(_SEVEN,), locate=_national),
)
GATE_NUMBERS = (
    rb"(?:1[ .-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[.-])[2-9][0-9]{2}[.-][0-9]{4}(?: ?x| ?ext|"
    + END
    + rb")",
)
GATE = (
    rb"(?:\+|\\u002[bB])" + _COUNTRY.encode() + rb"(?:[ .()-]{0,3}[0-9]){5}",
    START_UNJOINED + rb"00" + _COUNTRY.encode() + rb"[ .(-](?:[ .()-]{0,2}[0-9]){5}",
    rb"(?i)"
    + _KEYS.encode()
    + QUOTES
    + rb"\.?"
    + ASSIGN
    + rb"(?:[+(]|\\u002[bB]){0,2}[0-9](?:[ ().-]{0,3}[0-9]){5}",
)

CATCHES = (
    ("sms to +447700 921 916 queued", "+447700 921 916"),
    ("sms to (+49) (0) 30 901820 queued", "(+49) (0) 30 901820"),
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
PROSE_CATCHES = (
    ("My dad can be reached under (06)45/611-2158.", "(06)45/611-2158"),
    ("Our landline changed from 0662/19004664 to 501 47 66.", "501 47 66"),
    ("is 6035550187 still his number", "6035550187"),
    ("Text Ada, 8 (483) 378-87-62, please", "8 (483) 378-87-62"),
    ("the helpline (901 29 040) never answers", "901 29 040"),
)
PROSE_SPARES = (
    "1 4 9 16 25 36 49 64 81 100 121 144",
    "About 190 334 351 people live there, 12 345 678 € each",
    "We call f(102867097), the angle of contact is 0.123456789",
    "in the text of 1234567 characters the number 683739530 is prime",
    "ISSN 0378-5955, school year 2023/2024, the office 1999-2003, on 07.06.1647",
    "c = 299 792 458 m/s, 0110 1001 in binary, population 83.129.285",
)
