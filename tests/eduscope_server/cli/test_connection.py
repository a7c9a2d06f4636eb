"""A connection that breaks ends the program with a sentence."""

import socket
import threading

import pytest
import typer

from eduscope_server.cli.connection import Connection

HALF_A_STREAM = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    b'13\r\ndata: {"message":1}\r\n'
)


def test_a_tail_that_is_cut_off_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            client, _ = server.accept()
            with client:
                client.recv(65_536)
                client.sendall(HALF_A_STREAM)

        platform = threading.Thread(target=answer)
        platform.start()
        connection = Connection(
            f"http://127.0.0.1:{server.getsockname()[1]}", "esk_read_x", key_from="a test"
        )
        with pytest.raises(typer.Exit), connection.events("/api/logs/tail", {}) as events:
            list(events)
        platform.join()
    assert "no platform answers at http://127.0.0.1" in capsys.readouterr().err
