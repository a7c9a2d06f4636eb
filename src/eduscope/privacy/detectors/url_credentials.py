"""User and password in the address of a resource, or given to a program."""

import re

from eduscope.privacy.detector import Detector, Range, ascii_pattern
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


def _both(match: re.Match[str]) -> Range | None:
    """Spare ids of user and group, and a name given twice: `docker run -u 1000:1000`."""
    name, _, password = match["value"].partition(":")
    return None if name == password or (name + password).isdigit() else match.span("value")


_OPTION = Detector(
    "URL_CREDENTIALS",
    ascii_pattern(r"(?:(?<=\s)-u|--user)[ =][\"']?(?P<value>[\w.@+-]{1,64}:[^\s\"'\[\\]{1,200})"),
    signs=(Sign("-", r"(?:u[ =](?<=\s-..)|-user[ =])"),),
    locate=_both,
    reach=0,
)

MESSAGE = (_USERINFO, _OPTION)
PROSE = (_USERINFO,)
GATE = (
    rb"(?:-u|--user)(?: |=|\\u003[dD])(?:[\"'\\]|\\u002[27]){0,4}(?:[0-9A-Za-z_.@+-]|\\u002[bB]){1,64}:[^\s\"'\[]",
    rb":(?:\\?/){2}[^\s/@:?#\"'<>\x00-\x1f]*:[^\s/@\"'<>\x00-\x1f]+@",
)

CATCHES = (
    ("connecting to postgresql://edulearn:s3cret@db:5432/courses", "edulearn:s3cret"),
    ("redis://:hunter2@cache/0", ":hunter2"),
    ("curl -u ada:s3cret https://example.org", "ada:s3cret"),
)
SPARES = (
    "docker run -u 1000:1000 app",
    "GET http://courses:8080/quiz?at=10:30",
    "postgresql://edulearn@db:5432/courses",
)
