"""The platform listens where nobody else does."""

import socket

import pytest

from eduscope_server.config import Listen
from eduscope_server.listening import AddressTaken, free_address


def test_a_port_that_is_taken_is_refused_even_if_it_is_shared() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(AddressTaken, match=f"127.0.0.1:{port}.*--listen"):
            free_address(Listen("127.0.0.1", port))
    assert free_address(Listen("127.0.0.1", port)) == Listen("127.0.0.1", port)


def test_port_0_becomes_a_free_one() -> None:
    assert free_address(Listen("127.0.0.1", 0)).port > 0


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(AddressTaken):
        free_address(Listen("203.0.113.7", 4400))
