"""Private keys in PEM armour (RFC 7468), whole or cut off."""

from eduscope.privacy.detector import Detector, ascii_pattern
from eduscope.privacy.signs import Sign

RANK = 10

_PEM = Detector(
    "PRIVATE_KEY",
    ascii_pattern(
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:[A-Za-z0-9+/=\s\\:,-](?!----BEGIN ))*"
    ),
    signs=(Sign("-", r"----BEGIN "),),
    reach=0,
)

MESSAGE = (_PEM,)
PROSE = (_PEM,)
GATE = (rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY",)

_EXAMPLE = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow==\n-----END RSA PRIVATE KEY-----"
CATCHES = (
    (f"loaded {_EXAMPLE}", _EXAMPLE),
    (
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r",
    ),
)
SPARES = ("-----BEGIN CERTIFICATE-----",)
