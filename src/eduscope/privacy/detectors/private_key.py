"""Private keys in PEM armour (RFC 7468), whole or cut off."""

import re

from eduscope.privacy.detector import Detector, Sign

RANK = 10

_PEM = Detector(
    "PRIVATE_KEY",
    re.compile(
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:[A-Za-z0-9+/=\s\\:,-](?!----BEGIN ))*"
    ),
    signs=(Sign("-", r"----BEGIN "),),
)

MESSAGE = (_PEM,)
PROSE = (_PEM,)
GATE = (rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY",)

CATCHES = (("-----BEGIN RSA PRIVATE KEY-----\nMIIEow==\n-----END RSA PRIVATE KEY-----", "MIIEow=="),)
SPARES = ("-----BEGIN CERTIFICATE-----",)
