"""Student numbers, roll numbers and the like, where a word says so. A tenant's own patterns come with its roster."""

import re

from eduscope.privacy.detector import Detector, Sign, when
from eduscope.privacy.marker import is_marker

_NAME = (
    r"(?i:\b(?:student|pupil|learner|matriculation|matric|enrol?lment|roll|admission|candidate|registration)"
    r"[ _.-]?(?:id|no|num|number|nr|code)\b)"
)
_VALUE = r"(?=[A-Za-z/-]{0,8}\d)[A-Za-z0-9][A-Za-z0-9/-]{2,24}"

_NAMED = Detector(
    "STUDENT_ID",
    re.compile(rf"{_NAME}[\"'\\.]{{0,3}}\s{{0,2}}(?:[:=#]|is)?\s{{0,2}}[\"'\\#]{{0,3}}(?P<value>{_VALUE})"),
    signs=(Sign("0-9", r"(?<=[ :=\"'#A-Za-z/-].)"),),
    locate=when(lambda value: not is_marker(value)),
)

MESSAGE = (_NAMED,)
PROSE = (_NAMED,)
GATE: tuple[bytes, ...] = ()

CATCHES = (("graded student_id=S1234567", "S1234567"), ("Roll No: 22CS1043 absent", "22CS1043"))
SPARES = ("student_id missing", "roll number required", "candidate id unknown")
