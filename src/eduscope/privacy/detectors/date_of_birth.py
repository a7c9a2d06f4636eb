"""Dates of birth: a date is one only where a word says so."""

from eduscope.privacy.detector import Detector, ascii_pattern
from eduscope.privacy.framing import ASSIGN
from eduscope.privacy.signs import Sign, key_ends, key_sign

RANK = 51

_MONTH = r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[A-Za-z]{0,6}\.?"
_DATES = (
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}",
    r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})",
    rf"[0-9]{{1,2}}(?:st|nd|rd|th)?[ -]{_MONTH}[ ,-]{{1,2}}[0-9]{{4}}",
    rf"{_MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?,? [0-9]{{4}}",
    r"(?:19|20)[0-9]{6}",
)
_KEY = r"(?:dob|d\.o\.b\.?|date[ _-]?of[ _-]?birth|birth[ _-]?(?:date|day))"
_DATE = rf"(?P<value>{'|'.join(_DATES)})(?![0-9])"

_KEYED = Detector(
    "DOB",
    ascii_pattern(rf"(?i:\b{_KEY})[\"'\\]{{0,3}} {{0,2}}[:=] {{0,2}}[\"'\\]{{0,3}}{_DATE}"),
    signs=(
        key_sign(
            "dob", "d.o.b", "o.b.", "birth", *key_ends(("birth",), "date", "[ _-]date", "day", "[ _-]day")
        ),
    ),
    reach=24,
)
_BORN = Detector(
    "DOB", ascii_pattern(rf"(?i:\bborn (?:on )?){_DATE}"), signs=(Sign("bB", "(?i:orn) "),), reach=0
)
_SAID = Detector(
    "DOB",
    ascii_pattern(rf"(?i:\b{_KEY})(?: is| was)?[ :=]{{1,3}}{_DATE}"),
    signs=(Sign("bB", "(?i:irth|\\.? )"), Sign("dD", "(?i:ob)")),
)

MESSAGE = (_KEYED, _BORN)
PROSE = (_KEYED, _BORN, _SAID)
_BEGINNING = (
    rb"(?:[0-9]{1,4}[-/.\\ a-z]|(?:19|20)[0-9]{6}"
    rb"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? [0-9])"
)
GATE = (
    rb"(?i)" + _KEY.encode() + ASSIGN + _BEGINNING,
    rb"(?i)born (?:on )?" + _BEGINNING,
)

CATCHES = (
    ("profile saved dob=2009-04-16", "2009-04-16"),
    ("She was born on 2/8/2011", "2/8/2011"),
    ("date of birth: 3 March 2010", "3 March 2010"),
)
SPARES = ("started 2015-10-18 18:01:47", "build 20231223 done", "born ready")
