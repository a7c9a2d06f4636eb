"""IP addresses of hosts. Loopback, unspecified, broadcast and network addresses identify nobody and are spared."""

import ipaddress
import re

from eduscope.privacy.detector import Detector, Range, Sign, value_range

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]?[0-9])"
_V4 = re.compile(rf"(?<![\w.])(?:{_OCTET}\.){{3}}{_OCTET}(?![\w])(?!\.[0-9])")
_V6 = re.compile(
    r"(?<![\w:.])(?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}"
    r"|[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6}::(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?)(?![\w:])"
)
_VERSION_WORD = re.compile(
    r"(?i:\b(?:version|ver|release|build|revision|rev|firmware|driver|dll|sdk|package|assembly)s?)[\"' =:]{0,4}\Z"
)
_NETWORKS_OF_NOBODY = frozenset({"0", "127", "255"})


def _host_v4(match: re.Match[str]) -> Range | None:
    """Spare addresses of no host, and dotted versions."""
    octets = match.group().split(".")
    if octets[0].lstrip("0") in ("", "127", "255") or (int(octets[2]), int(octets[3])) == (0, 0):
        return None
    if _VERSION_WORD.search(match.string[max(0, match.start() - 16) : match.start()]):
        return None
    return value_range(match)


def _host_v6(match: re.Match[str]) -> Range | None:
    """Spare what is no address (`std::abc` has no digit, a clock has no `::`), and addresses of no host."""
    text = match.group()
    if not any(c.isdigit() for c in text):
        return None
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    return None if address.is_loopback or address.is_unspecified else value_range(match)


_ADDRESS_V4 = Detector("IP", _V4, signs=(Sign("0-9", r"\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]"),), locate=_host_v4)
_ADDRESS_V6 = Detector(
    "IP", _V6, signs=(Sign(":", r"(?:(?<=[0-9A-Fa-f]:):|(?:[0-9A-Fa-f]{1,4}:){6})"),), locate=_host_v6
)

MESSAGE = (_ADDRESS_V4, _ADDRESS_V6)
PROSE = MESSAGE
GATE: tuple[bytes, ...] = ()

CATCHES = (
    ("connection from 203.0.113.7 port 22", "203.0.113.7"),
    ("src: /10.251.73.220:54106 dest", "10.251.73.220"),
    ("peer 2001:db8:85a3::8a2e:370:7334 left", "2001:db8:85a3::8a2e:370:7334"),
    ("peer=[fe80::1ff:fe23:4567:890a]:443", "fe80::1ff:fe23:4567:890a"),
)
SPARES = (
    "listening on 127.0.0.1:4400 and [::1]:4400 and 0.0.0.0:80",
    "Chrome/130.0.0.0 Safari/537.36",
    "Servicing Stack v6.1.7601.23505",
    "wcp.dll version 1.2.3.4",
    "it took 12:30:31 in std::string and dead::beef",
    "client 203.0.113.h4k2q connected",
    "oid 1.3.6.1.4.1.311",
)
