"""JSON Web Tokens, signed or encrypted (RFC 7519): their header is JSON, so they all begin with `eyJ`."""

from eduscope.privacy.detector import Detector, ascii_pattern
from eduscope.privacy.framing import START
from eduscope.privacy.signs import Sign

RANK = 12

_TOKEN = Detector(
    "SECRET",
    ascii_pattern(r"(?<![A-Za-z0-9])eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*){0,3}"),
    signs=(Sign("J", r"(?<=eyJ)[\w-]{8}"),),
    reach=2,
)

MESSAGE = (_TOKEN,)
PROSE = (_TOKEN,)
GATE = (START + rb"eyJ[0-9A-Za-z_\x80-\xff-]{8,}\.[0-9A-Za-z_\x80-\xff\\-]{4}",)

CATCHES = (
    (
        "verify eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl failed",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl",
    ),
)
SPARES = ("eyJ is how they begin",)
