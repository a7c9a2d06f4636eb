"""User and password in the address of a resource."""

import re

from eduscope.privacy.detector import Detector, Sign, when
from eduscope.privacy.marker import is_marker

_USERINFO = Detector(
    "URL_CREDENTIALS",
    re.compile(r"(?<=://)(?P<value>[^\s/@:?#\"'<>]*:[^\s/@\"'<>]+)(?=@)"),
    signs=(Sign(":", r"//[^\s/@:?#\"'<>]*:"),),
    locate=when(lambda value: not is_marker(value)),
)

MESSAGE = (_USERINFO,)
PROSE = (_USERINFO,)
GATE: tuple[bytes, ...] = ()

CATCHES = (
    ("connecting to postgresql://edulearn:s3cret@db:5432/courses", "edulearn:s3cret"),
    ("redis://:hunter2@cache/0", ":hunter2"),
)
SPARES = ("GET http://courses:8080/quiz?at=10:30", "postgresql://edulearn@db:5432/courses")
