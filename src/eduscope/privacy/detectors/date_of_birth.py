"""Dates of birth: a date is one only where a word says so."""

import re

from eduscope.privacy.detector import Detector, Sign
from eduscope.privacy.framing import ASSIGN

RANK = 51

_MONTH = r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[A-Za-z]{0,6}\.?"
_DATES = (
    r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}",
    r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})",
    rf"[0-9]{{1,2}}(?:st|nd|rd|th)?[ -]{_MONTH}[ ,-]{{1,2}}[0-9]{{4}}",
    rf"{_MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?,? [0-9]{{4}}",
    r"(?:19|20)[0-9]{6}",
)
_NAME = r"(?:dob|d\.o\.b\.?|date[ _-]?of[ _-]?birth|birth[ _-]?(?:date|day)|born)"
_NAMED = Detector(
    "DOB",
    re.compile(
        rf"(?i:\b{_NAME})[\"'\\]{{0,3}}(?: {{0,2}}[:=] {{0,2}}| {{1,2}}(?:is |was |on )?)[\"'\\]{{0,3}}(?P<value>{'|'.join(_DATES)})(?![0-9])"
    ),
    signs=(Sign("0-9", r"[-/.][0-9]{1,2}[-/.][0-9]"), Sign("0-9", r"[0-9]{3}(?<=[ 12:=\"'][0-9]{4})")),
)

MESSAGE = (_NAMED,)
PROSE = (_NAMED,)
GATE = (
    rb"(?i)"
    + _NAME.encode()
    + rb"(?:"
    + ASSIGN
    + rb"| {1,2}(?:is |was |on )?)(?:[0-9]{1,4}[-/.\\ a-z]|(?:19|20)[0-9]{6}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? [0-9])",
)

CATCHES = (
    ("profile saved dob=2009-04-16", "2009-04-16"),
    ("She was born on 2/8/2011", "2/8/2011"),
    ("date of birth: 3 March 2010", "3 March 2010"),
)
SPARES = ("started 2015-10-18 18:01:47", "build 20231223 done", "born ready")
