"""E-mail addresses, also where the at sign is percent-encoded."""

import re

from eduscope.privacy.detector import Detector, Range
from eduscope.privacy.framing import ALPHABETIC, LETTER
from eduscope.privacy.signs import Sign

RANK = 30

_LOCAL_PUNCTUATION = "._+%'-"


def _locate(match: re.Match[str]) -> Range | None:
    """Walk left over the local part: from the at sign that is linear, from the left it would be a search."""
    text, at = match.string, match.start()
    start = at
    while start and (text[start - 1].isalnum() or text[start - 1] in _LOCAL_PUNCTUATION):
        start -= 1
    while start < at and text[start] in ".'%":
        start += 1
    return (start, match.end()) if start < at else None


_ADDRESS = Detector(
    "EMAIL",
    re.compile(r"(?:@|%40)(?:[\w-]{1,63}\.){1,8}(?:xn--[\w-]{2,59}|[^\W\d_]{2,24})"),
    signs=(Sign("@", r"[\w-]"), Sign("%", r"40[\w-]")),
    locate=_locate,
    reach=0,
)

MESSAGE = (_ADDRESS,)
PROSE = (_ADDRESS,)
GATE = (
    rb"(?:[+%'.-]|" + LETTER + rb")(?:@|%40)(?:(?:-|" + LETTER + rb"){1,63}\.){1,8}" + ALPHABETIC + rb"{2}",
)

CATCHES = (
    ("mail sent to ada.lovelace+quiz@students.example.ac.uk", "ada.lovelace+quiz@students.example.ac.uk"),
    ("GET /invite?to=ada%40example.com", "ada%40example.com"),
    ("sender=<zoë@exämple.org>", "zoë@exämple.org"),
)
SPARES = (
    "00000001@2016/9/27:20:30:31.455 WcpInitialize",
    "akka.tcp://executor@worker-07:55904",
    "[QuorumCnxManager$Listener@493]",
    "node_modules/.pnpm/lodash@4.17.21/index.js",
    "decorated with @app.get",
)
