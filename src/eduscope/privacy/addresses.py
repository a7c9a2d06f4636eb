"""IP addresses with their host part hashed: the network stays readable, the host does not."""

import ipaddress
import re
from functools import lru_cache

from eduscope.privacy.keyring import KeyRing
from eduscope.privacy.tokens import default_ring

_V4_HOST_CHARACTERS = 5  # 25 bits for 256 hosts: collisions are rare, and the key is what protects them
_V6_HOST_CHARACTERS = 8  # 40 bits for a site's 2^80 hosts
_MAX_CACHED = 16_384
_PARTIAL = re.compile(r"(?:[0-9]{1,3}\.){3}h[a-z2-7]{5}|(?:[0-9a-f]{1,4}:){3}h[a-z2-7]{8}")
_PORT = re.compile(r"\[([0-9A-Fa-f:.%]+)\](?::[0-9]{1,5})?|([0-9.]{7,15}):[0-9]{1,5}")


def network(ip: str, ring: KeyRing | None = None) -> str:
    """The address as `203.0.113.h4k2x` (IPv4 /24) or `2001:db8:85a3:hq3m5z7aa` (IPv6 /48).

    The same host gives the same code under the same key; a port, brackets and a zone are dropped. A value that
    already is of this form stays as it is; one that is no address gives "".
    """
    return _hashed(ip, ring or default_ring())


@lru_cache(maxsize=_MAX_CACHED)
def _hashed(text: str, ring: KeyRing) -> str:
    if _PARTIAL.fullmatch(text):
        return text
    with_port = _PORT.fullmatch(text)
    try:
        address = ipaddress.ip_address((with_port[1] or with_port[2]) if with_port else text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return _v6(address, ring) if mapped is None else _v4(mapped, ring)
    return _v4(address, ring)


def _v4(address: ipaddress.IPv4Address, ring: KeyRing) -> str:
    return f"{str(address).rpartition('.')[0]}.h{ring.code(b'ip:' + address.packed, _V4_HOST_CHARACTERS)}"


def _v6(address: ipaddress.IPv6Address, ring: KeyRing) -> str:
    packed = address.packed
    site = ":".join(f"{int.from_bytes(packed[i : i + 2]):x}" for i in (0, 2, 4))
    return f"{site}:h{ring.code(b'ip:' + packed, _V6_HOST_CHARACTERS)}"
