"""User and password in the address of a resource."""

from eduscope.privacy.detector import Detector, ascii_pattern
from eduscope.privacy.signs import Sign

RANK = 20

_USERINFO = Detector(
    "URL_CREDENTIALS",
    ascii_pattern(
        r"://(?P<value>[^\s/@:?#\"'<>\x00-\x1f]{0,256}:(?!\[[A-Z_]{2,24}\]@)[^\s/@\"'<>\x00-\x1f]{1,512})(?=@)"
    ),
    signs=(Sign(":", r"//(?:[^\s/@:?#\"'<>]{0,20}+:|[^\s/@:?#\"'<>]{21})"),),
    reach=0,
)

MESSAGE = (_USERINFO,)
PROSE = (_USERINFO,)
GATE = (rb":(?:\\?/){2}[^\s/@:?#\"'<>\x00-\x1f]*:[^\s/@\"'<>\x00-\x1f]+@",)

CATCHES = (
    ("connecting to postgresql://edulearn:s3cret@db:5432/courses", "edulearn:s3cret"),
    ("redis://:hunter2@cache/0", ":hunter2"),
)
SPARES = ("GET http://courses:8080/quiz?at=10:30", "postgresql://edulearn@db:5432/courses")
