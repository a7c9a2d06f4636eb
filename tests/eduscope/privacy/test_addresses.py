"""The network part of an address stays readable, the host part does not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduscope.privacy import Gate, KeyRing, is_clean, network

RING = KeyRing([("k1", b"0123456789abcdef0123456789abcdef")])


def test_ipv4_keeps_24_bits_and_ipv6_48() -> None:
    assert re.fullmatch(r"203\.0\.113\.h[a-z2-7]{5}", network("203.0.113.7", RING))
    assert re.fullmatch(r"2001:db8:85a3:h[a-z2-7]{8}", network("2001:db8:85a3::8a2e:370:7334", RING))
    assert re.fullmatch(r"2001:db8:0:h[a-z2-7]{8}", network("2001:db8::1", RING))


def test_one_host_has_one_code_and_another_host_another() -> None:
    codes = {network(f"203.0.113.{host}", RING) for host in range(256)}
    assert len(codes) == 256
    assert network("203.0.113.7", RING) == network("203.0.113.7", RING)


def test_the_same_host_number_in_another_network_has_another_code() -> None:
    assert network("203.0.113.7", RING)[-5:] != network("203.0.114.7", RING)[-5:]


@pytest.mark.parametrize("text", ["203.0.113.7:443", "[::ffff:203.0.113.7]:443", "::ffff:203.0.113.7"])
def test_ports_brackets_and_mapped_addresses_name_the_same_host(text: str) -> None:
    assert network(text, RING) == network("203.0.113.7", RING)


@pytest.mark.parametrize(
    "text", ["", "testclient", "203.0.113", "999.1.1.1", "203.0.113.7, 10.0.0.1", "x" * 9999, "\x00"]
)
def test_what_is_no_address_gives_nothing(text: str) -> None:
    assert network(text, RING) == ""


@given(st.ip_addresses().map(str))
def test_hashing_twice_changes_nothing_and_the_result_is_clean(address: str) -> None:
    once = network(address, RING)
    assert network(once, RING) == once
    assert is_clean(once)
    assert is_clean(f"client.address={once}")


def test_the_gate_stays_shut_for_hashed_addresses() -> None:
    pytest.importorskip("hyperscan")
    gate = Gate.compile()
    for host in range(256):
        assert not gate.hit(f'{{"client.address":"{network(f"198.51.100.{host}", RING)}"}}'.encode())
        assert not gate.hit(f'{{"client.address":"{network(f"2001:db8::{host:x}", RING)}"}}'.encode())
