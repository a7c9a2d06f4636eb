"""IP addresses with their host part hashed: the network stays readable, the host does not."""

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple

from eduscope.privacy.errors import PrivacyError
from eduscope.privacy.keyring import KeyRing
from eduscope.privacy.tokens import default_ring

_V4_HOST_CHARACTERS = 5  # 25 bits for 256 hosts: collisions are rare, and the key is what protects them
_V6_HOST_CHARACTERS = 8  # 40 bits for a site's 2^80 hosts
_MAX_CACHED = 16_384
_PARTIAL = re.compile(r"(?:[0-9]{1,3}\.){1,3}h[a-z2-7]{5}|(?:[0-9a-f]{1,4}:){1,4}h[a-z2-7]{8}")
_OCTET = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_V4_OCTETS = re.compile(rf"{_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}")
_PORT = re.compile(r"\[([0-9A-Fa-f:.%]+)\](?::[0-9]{1,5})?|([0-9.]{7,15}):[0-9]{1,5}")


class NetworkBits(NamedTuple):
    """How much of an address stays readable: whole octets of IPv4, whole groups of IPv6."""

    v4: int = 24
    v6: int = 48


class _Current:
    """The process's own widths."""

    bits = NetworkBits()


def use_network_bits(bits: NetworkBits) -> None:
    """Keep this much of every address from now on. Raises PrivacyError where a width is none that can be kept."""
    if bits.v4 not in (8, 16, 24) or bits.v6 not in (16, 32, 48, 64):
        raise PrivacyError(
            f"The network bits are /{bits.v4} and /{bits.v6}; expected 8, 16 or 24 of IPv4 and 16, 32, 48 or 64 of IPv6"
        )
    _Current.bits = bits


def network(ip: str, ring: KeyRing | None = None) -> str:
    """The address as `203.0.113.h4k2x` (IPv4 /24) or `2001:db8:85a3:hq3m5z7aa` (IPv6 /48).

    The same host gives the same code under the same key, whatever the width; a port, brackets and a zone are
    dropped. A value that already is of this form stays as it is; one that is no address gives "".
    """
    return _hashed(ip, ring or default_ring(), _Current.bits)


@lru_cache(maxsize=_MAX_CACHED)
def _hashed(text: str, ring: KeyRing, bits: NetworkBits) -> str:
    octets = _V4_OCTETS.fullmatch(text)
    if octets:  # as most are; `ipaddress` takes three times as long
        kept = ".".join(octets.groups()[: bits.v4 // 8])
        return f"{kept}.h{ring.code(b'ip:' + bytes(map(int, octets.groups())), _V4_HOST_CHARACTERS)}"
    if _PARTIAL.fullmatch(text):
        return text
    with_port = _PORT.fullmatch(text)
    try:
        address = ipaddress.ip_address((with_port[1] or with_port[2]) if with_port else text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return _v6(address, ring, bits.v6) if mapped is None else _v4(mapped, ring, bits.v4)
    return _v4(address, ring, bits.v4)


def _v4(address: ipaddress.IPv4Address, ring: KeyRing, bits: int) -> str:
    kept = ".".join(str(address).split(".")[: bits // 8])
    return f"{kept}.h{ring.code(b'ip:' + address.packed, _V4_HOST_CHARACTERS)}"


def _v6(address: ipaddress.IPv6Address, ring: KeyRing, bits: int) -> str:
    packed = address.packed
    kept = ":".join(f"{int.from_bytes(packed[i : i + 2]):x}" for i in range(0, bits // 8, 2))
    return f"{kept}:h{ring.code(b'ip:' + packed, _V6_HOST_CHARACTERS)}"
