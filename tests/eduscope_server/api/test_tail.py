"""Live tail from a running platform: a line goes in at a door and comes out of the stream."""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from typing import Any

from tests.conftest import Platform
from tests.ndjson import log_line


def events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """The name and data of each server-sent event."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def test_a_stored_line_is_seen_at_once(platform: Platform) -> None:
    correlation_id = secrets.token_hex(16)
    asked = {"query": f"correlation:{correlation_id} level:error"}
    with platform.reader.stream("GET", "/api/logs/tail", params=asked, timeout=30) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in answer.headers
        lines = answer.iter_lines()
        assert next(lines) == ": keep-alive"  # from here on it looks
        platform.send(log_line(correlation_id=correlation_id, message="not an error"))
        platform.send(log_line(correlation_id=correlation_id, message="the one", log_level="error"))
        name, log = next(events(lines))
    assert (name, log["message"], log["correlation_id"]) == ("log", "the one", correlation_id)


def test_many_may_look_and_leave(platform: Platform) -> None:
    def look() -> None:
        with platform.reader.stream("GET", "/api/logs/tail", timeout=30) as answer:
            next(answer.iter_lines())

    # More than may look at once, one after the other: who leaves gives the place back.
    threads = [threading.Thread(target=look) for _ in range(60)]
    for thread in threads:
        thread.start()
        thread.join()
    with platform.reader.stream("GET", "/api/logs/tail", timeout=30) as answer:
        assert answer.status_code == 200


def test_a_stop_does_not_wait_for_who_looks(own_platform: Platform) -> None:
    own_platform.start()
    with own_platform.reader.stream("GET", "/api/logs/tail", timeout=30) as answer:
        lines = answer.iter_lines()
        assert next(lines) == ": keep-alive"
        started = time.monotonic()
        assert own_platform.stop() == 0
        assert time.monotonic() - started < 10
