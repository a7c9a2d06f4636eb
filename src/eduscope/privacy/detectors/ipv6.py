"""IPv6 addresses of hosts; loopback and unspecified ones identify nobody."""

import ipaddress
import re

from eduscope.privacy.detector import Detector, Range, ascii_pattern
from eduscope.privacy.framing import START_OF_GROUPS
from eduscope.privacy.signs import Sign

RANK = 49

_GROUPS = r"[0-9A-Fa-f]{2,4}(?::[0-9A-Fa-f]{1,4})"
# Programs put a port behind eight groups as they are (`/2001:db8:0:0:0:0:0:7:443` is how Java writes a peer). A home
# has a network of four groups.
_V6 = ascii_pattern(
    rf"(?<![\w:.])(?:(?P<value>{_GROUPS}{{7}})(?::[0-9]{{1,5}})?"
    rf"|{_GROUPS}{{0,6}}::[0-9A-Fa-f]{{1,4}}(?::[0-9A-Fa-f]{{1,4}}){{0,6}}|{_GROUPS}{{3,6}}::)(?![\w:])"
)


# The serial number of a certificate, or the name of a port in a storage network.
_BYTES = re.compile(r"(?:[0-9A-Fa-f]{2}:){7}[0-9A-Fa-f]{2}")
# A hardware address in an EUI-64's clothes has eight groups too, but more before them.
_FIRST_GROUP = "|".join(rf"(?<=(?<![\w:.])[0-9A-Fa-f]{{{length}}}:)" for length in (2, 3, 4))


def _host(match: re.Match[str]) -> Range | None:
    """Spare what is no address (`dead::beef` is a name in some languages), addresses of no host, and eight bytes."""
    place = match.span("value") if match["value"] else match.span()
    text = match.string[place[0] : place[1]]
    if not any(c.isdigit() for c in text) or _BYTES.fullmatch(text):
        return None
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    return None if address.is_loopback or address.is_unspecified else place


MESSAGE = (
    Detector(
        "IP",
        _V6,
        signs=(
            Sign(":", r":(?<=[0-9A-Fa-f]::)"),
            Sign(":", rf"(?=(?:[0-9A-Fa-f]{{1,4}}+:){{4}})(?:{_FIRST_GROUP})"),
        ),
        locate=_host,
        reach=36,  # seven groups before the second of two colons
    ),
)
PROSE = MESSAGE
GATE = (
    rb"[0-9A-Fa-f]{2,4}:(?:[0-9A-Fa-f]{1,4}:){6}[0-9A-Fa-f]",
    START_OF_GROUPS
    + rb"[0-9A-Fa-f]{2,4}(?:(?::[0-9A-Fa-f]{1,4}){0,6}::[0-9A-Fa-f]|(?::[0-9A-Fa-f]{1,4}){3,6}::)",
)

CATCHES = (
    ("peer 2001:db8:85a3::8a2e:370:7334 left", "2001:db8:85a3::8a2e:370:7334"),
    ("peer=[fe80::1ff:fe23:4567:890a]:443", "fe80::1ff:fe23:4567:890a"),
    ("session of /2001:db8:0:0:0:0:0:7:2181 closed", "2001:db8:0:0:0:0:0:7"),
    ("home of 2001:db8:85a3:7::/64", "2001:db8:85a3:7::"),
)
SPARES = (
    "listening on [::1]:4400 and :::80",
    "it took 12:30:31 in std::string and dead::beef",
    "serial=B7:80:28:C5:88:F0:5F:37 wwpn 50:00:c3:ce:72:a4:0c:19",
    "closed /0:0:0:0:0:0:0:1:2181",
)
