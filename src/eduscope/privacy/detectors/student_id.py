"""Student numbers, roll numbers and the like, where a word says so."""

import re

from eduscope.privacy.detector import Detector, Sign
from eduscope.privacy.framing import ASSIGN

RANK = 52

_NAME = (
    r"(?:student|pupil|learner|matriculation|matric|enrol?lment|roll|admission|candidate|registration)"
    r"[ _.-]?(?:id|no|num|number|nr|code)"
)
_VALUE = r"(?=[A-Za-z/-]{0,8}[0-9])[A-Za-z0-9][A-Za-z0-9/-]{2,40}"

_NAMED = Detector(
    "STUDENT_ID",
    re.compile(
        rf"(?i:\b{_NAME}\b)[\"'\\.]{{0,3}} {{0,2}}(?:[:=#]|is)? {{0,2}}[\"'\\#]{{0,3}}(?P<value>{_VALUE})(?![A-Za-z0-9_])"
    ),
    signs=(Sign("0-9", r"(?<=[ :=\"'#A-Za-z/-].)"),),
)

MESSAGE = (_NAMED,)
PROSE = (_NAMED,)
GATE = (
    rb"(?i)"
    + _NAME.encode()
    + rb"\.?(?:"
    + ASSIGN
    + rb"|"
    + rb" {0,2}(?:#|is)? {0,2}[\"'\\#]{0,3})#?[a-z/-]{0,8}[0-9][a-z0-9/-]",
)

CATCHES = (("graded student_id=S1234567", "S1234567"), ("Roll No: 22CS1043 absent", "22CS1043"))
SPARES = ("student_id missing", "roll number required", "student_id=usr_k1_abcdefghijklmnopqrstuvwxyz")
