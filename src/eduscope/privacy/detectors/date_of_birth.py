"""Dates of birth: a date is one only where a word says so."""

import re

from eduscope.privacy.detector import Detector, Sign

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[ -](?i:{_MONTH})[ ,-]{{1,2}}\d{{4}}|(?i:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|(?:19|20)\d{{6}})"
)
_NAME = r"(?i:\b(?:dob|d\.o\.b\.?|date[ _-]?of[ _-]?birth|birth[ _-]?(?:date|day)|born(?: on)?))"

_NAMED = Detector(
    "DOB",
    re.compile(
        rf"{_NAME}[\"'\\]{{0,3}}\s{{0,2}}(?:[:=]|is|was)?\s{{0,2}}[\"'\\]{{0,3}}(?P<value>{_DATE})(?!\d)"
    ),
    signs=(Sign("0-9", r"[-/.][0-9]{1,2}[-/.][0-9]"), Sign("0-9", r"[0-9]{3}")),
)

MESSAGE = (_NAMED,)
PROSE = (_NAMED,)
GATE: tuple[bytes, ...] = ()

CATCHES = (("profile saved dob=2009-04-16", "2009-04-16"), ("She was born on 2/8/2011", "2/8/2011"))
SPARES = ("started 2015-10-18 18:01:47", "build 20231223 done")
