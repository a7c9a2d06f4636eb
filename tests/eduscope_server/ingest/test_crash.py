"""`kill -9` under load: what was acknowledged is there, once."""

import os
import secrets
import signal
import threading
import time

import httpx
from tests.conftest import INGEST_KEY, Platform

ROUNDS = int(os.environ.get("EDUSCOPE_TEST_CRASHES", "3"))
SENDERS = 8
LINES = 50


def body_of(marker: str) -> bytes:
    """Lines that bear one correlation id, which stands for the body."""
    line = (
        f'{{"timestamp": "{time.strftime("%Y-%m-%dT%H:%M:%S")}.000000Z", "log_level": "info", '
        f'"service_name": "crash", "correlation_id": "{marker}", "tenant_id": "", "user_id": "", '
        '"request_id": "", "duration_ms": null, "message": "before the crash"}\n'
    )
    return line.encode() * LINES


class Senders:
    """Threads that send until they are stopped, and remember what was acknowledged."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stop = threading.Event()
        self.acknowledged: list[str] = []
        self._threads = [threading.Thread(target=self._send) for _ in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends every thread."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        headers = {"Authorization": f"Bearer {INGEST_KEY}", "Content-Type": "application/x-ndjson"}
        with httpx.Client(headers=headers, timeout=30) as client:
            while not self._stop.is_set():
                marker = secrets.token_hex(16)
                try:
                    answer = client.post(f"{self._url}/v1/ndjson", content=body_of(marker))
                except httpx.TransportError:
                    time.sleep(0.05)
                    continue
                if answer.status_code == 200:
                    self.acknowledged.append(marker)


def test_after_kill_9_every_acknowledged_record_is_there_once(own_platform: Platform) -> None:
    own_platform.start()
    acknowledged: list[str] = []
    for _ in range(ROUNDS):
        senders = Senders(own_platform.url)
        time.sleep(1.5)
        own_platform.stop(signal.SIGKILL)
        senders.stop()
        acknowledged += senders.acknowledged
        own_platform.start()
    assert len(acknowledged) > ROUNDS * SENDERS
    for marker in acknowledged:
        assert own_platform.count(f"correlation:{marker}") == LINES
    assert own_platform.count() % LINES == 0, "a body was stored in part"


def test_sigterm_answers_what_was_taken_before_it_ends(own_platform: Platform) -> None:
    own_platform.start()
    senders = Senders(own_platform.url)
    time.sleep(1)
    assert own_platform.stop(signal.SIGTERM) == 0
    senders.stop()
    own_platform.start()
    assert senders.acknowledged
    assert own_platform.count() >= len(senders.acknowledged) * LINES
