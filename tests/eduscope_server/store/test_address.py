"""The same store at an address: same SQL, same inlets, and what happens when the server goes away."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.conftest import free_port

from eduscope_server.store import Store, StoreUnavailable, TokenKey, UnreadableBlock

SERVER = Path(__file__).parents[2] / "servers" / "clickhouse.py"
LINE = b'{"timestamp": "2026-01-01T00:00:00Z", "service_name": "a", "message": "kept", "favourite": "teal"}\n'


class Server:
    """A ClickHouse server in a process of its own, on the same port and folder each time it starts."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"clickhouse://default:@127.0.0.1:{self.port}/default"

    def start(self) -> None:
        command = [sys.executable, str(SERVER), str(self.port), str(self._folder)]
        self._process = subprocess.Popen(command, cwd=self._folder.parent)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/ping").raise_for_status()
                return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the test's ClickHouse server did not start")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path / "clickhouse")
    running.start()
    yield running
    running.kill()


def test_an_address_changes_nothing_but_where_records_are_kept(server: Server, tmp_path: Path) -> None:
    store = Store.open(server.address, tmp_path / "unused", token_key=TokenKey("k1", b"0" * 32))
    store.insert("ndjson", LINE * 2)
    (row, _) = store.select(
        "SELECT message, attributes FROM eduscope.logs WHERE message = {text:String}", {"text": "kept"}
    )
    assert row["attributes"]["favourite"].startswith("und_k1_")
    with pytest.raises(UnreadableBlock):
        store.insert("ndjson", b"not a line\n")
    again = Store.open(server.address, tmp_path / "unused", token_key=TokenKey("k1", b"0" * 32))
    assert again.select("SELECT count() AS n FROM eduscope.logs") == [{"n": 2}]
    again.close()
    store.close()
    assert not (tmp_path / "unused").exists()


def test_a_server_that_comes_back_is_used_again_and_is_given_the_token_key(
    server: Server, tmp_path: Path
) -> None:
    store = Store.open(server.address, tmp_path / "unused", token_key=TokenKey("k1", b"0" * 32))
    store.insert("ndjson", LINE)
    server.kill()
    with pytest.raises(StoreUnavailable):
        store.insert("ndjson", LINE)
    with pytest.raises(StoreUnavailable):
        store.select("SELECT 1")
    server.start()
    # The server has lost its in-memory key: the first insert that needs it is refused whole, and brings it back.
    with pytest.raises(StoreUnavailable):
        store.insert("ndjson", LINE)
    store.insert("ndjson", LINE)
    tokens = store.select(
        "SELECT DISTINCT attributes['favourite'] AS token, count() AS n FROM eduscope.logs GROUP BY 1"
    )
    assert [row["n"] for row in tokens] == [2]
    store.close()


def test_without_a_server_the_store_does_not_open(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        Store.open(f"clickhouse://127.0.0.1:{free_port()}", tmp_path)
