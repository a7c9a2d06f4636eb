"""Student numbers, roll numbers and the like, where a word says so."""

from eduscope.privacy.detector import Detector, ascii_pattern
from eduscope.privacy.framing import ASSIGN, QUOTES
from eduscope.privacy.signs import Sign, key_ends, key_sign

RANK = 52

_NAME = (
    r"(?:student|pupil|learner|matriculation|matric|enrol?lment|roll|admission|candidate|registration)"
    r"[ _.-]?(?:id|no|num|number|nr|code)"
)
_VALUE = r"(?=[A-Za-z/-]{0,8}[0-9])[A-Za-z0-9][A-Za-z0-9/-]{2,40}"

_KEYED = Detector(
    "STUDENT_ID",
    ascii_pattern(
        rf"(?i:\b{_NAME}\b)\.?[\"'\\]{{0,3}} {{0,2}}[:=#] {{0,2}}[\"'\\]{{0,3}}#?(?P<value>{_VALUE})(?![A-Za-z0-9_])"
    ),
    signs=(
        key_sign(
            *key_ends(
                ("[duptrm][eproian][niotlre][tlrce]", "ulation", "mission", "tration"),
                *(
                    "_id",
                    " id",
                    "_no",
                    " no",
                    "no.",
                    "[ _.-]no.",
                    "num",
                    "[ _.-]num",
                    "number",
                    "[ _.-]number",
                ),
                *("_nr", " nr", "code", "[ _.-]code"),
            ),
            *key_ends(("student", "enrolment", "enrollment"), "id"),
        ),
        Sign("#", r"[A-Za-z0-9]"),
    ),
    reach=30,
)
_SAID = Detector(
    "STUDENT_ID",
    ascii_pattern(rf"(?i:\b{_NAME}\b)\.? {{1,2}}(?:is )?#?(?P<value>{_VALUE})(?![A-Za-z0-9_])"),
    signs=(Sign("0-9", r"(?<=[ #A-Za-z/-].)"),),
)

MESSAGE = (_KEYED,)
PROSE = (_KEYED, _SAID)
GATE = (
    rb"(?i)" + _NAME.encode() + rb"\.?(?:" + ASSIGN + rb"|" + QUOTES + rb" {0,2}# {0,2}" + QUOTES + rb")#?"
    rb"[a-z/\\-]{0,16}[0-9]",
)

CATCHES = (("graded student_id=S1234567", "S1234567"), ("Roll No: 22CS1043 absent", "22CS1043"))
SPARES = ("student_id missing", "roll number required", "student_id=usr_k1_abcdefghijklmnopqrstuvwxyz")
