"""Senders that stop, or are refused, in the middle of a body."""

import socket
import time

import pytest
from tests.conftest import Platform

HEAD = "POST /v1/ndjson HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: {}\r\n"


def opened(platform: Platform, content_length: int, authorization: str) -> socket.socket:
    """A connection on which a body was announced."""
    url = platform.sender.base_url
    connection = socket.create_connection((url.host, url.port or 0), timeout=10)
    connection.sendall(f"{HEAD.format(content_length)}Authorization: {authorization}\r\n\r\n".encode())
    return connection


@pytest.mark.parametrize("is_known", [True, False])
def test_who_is_refused_while_sending_gets_the_answer(platform: Platform, is_known: bool) -> None:
    """Cut off instead, a sender sees a broken connection and sends the same again and again."""
    key = platform.sender.headers["Authorization"] if is_known else "Bearer nobody-has-this-key"
    body = b"\n" * (20 << 20)
    for _ in range(5):
        with opened(platform, len(body), key) as connection:
            connection.sendall(body)
            assert connection.recv(1024).startswith(b"HTTP/1.1 413" if is_known else b"HTTP/1.1 401")


def test_who_hangs_up_in_the_middle_is_no_fault_of_the_platform(platform: Platform) -> None:
    log = platform.folder.parent / f"{platform.folder.name}.log"
    before = log.stat().st_size
    for _ in range(5):
        with opened(platform, 1000, platform.sender.headers["Authorization"]) as connection:
            connection.sendall(b'{"message": ')
    platform.send(b'{"message": "after"}\n')
    time.sleep(0.3)
    assert "InternalServerException" not in log.read_text()[before:]
