"""A long body that Python has to treat keeps no short one waiting."""

import time
from concurrent.futures import ThreadPoolExecutor, wait

import httpx
from tests.conftest import Platform
from tests.ndjson import log_line

LONG, SHORT = 60_000, 50


def body(correlation_id: str, count: int) -> bytes:
    """Lines that each hold something to be replaced."""
    return b"".join(
        log_line(message=f"mail ada{n}@example.com", correlation_id=correlation_id) for n in range(count)
    )


def test_a_short_body_overtakes_long_ones(platform: Platform, correlation_id: str) -> None:
    def send(sent: bytes) -> float:
        answer = platform.sender.post(
            "/v1/ndjson",
            content=sent,
            headers={"Content-Type": "application/x-ndjson"},
            timeout=httpx.Timeout(60),
        )
        assert answer.status_code == 200
        return time.monotonic()

    long, short = body(correlation_id, LONG), body(correlation_id, SHORT)
    with ThreadPoolExecutor(3) as senders:
        longs = [senders.submit(send, long) for _ in range(2)]
        time.sleep(0.4)  # until both are read, and treated
        answered = send(short)
        wait(longs)
    assert answered < min(ended.result() for ended in longs)
    assert platform.count(f"correlation:{correlation_id}") == 2 * LONG + SHORT
