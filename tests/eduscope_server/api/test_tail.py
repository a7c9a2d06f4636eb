"""Live tail from a running platform: a line goes in at a door and comes out of the stream."""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx


def send(sender: httpx.Client, **fields: Any) -> None:
    """One log line through the door."""
    line = {
        "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "log_level": "info",
        "service_name": "courses",
        "correlation_id": "",
        "tenant_id": "school-a",
        "user_id": "",
        "request_id": "",
        "duration_ms": None,
        "message": "quiz graded",
    }
    body = json.dumps(line | fields).encode()
    sender.post(
        "/v1/ndjson", content=body, headers={"content-type": "application/x-ndjson"}
    ).raise_for_status()


def events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """The name and data of each server-sent event."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def test_a_stored_line_is_seen_at_once(platform: Any) -> None:
    correlation_id = secrets.token_hex(16)
    asked = {"query": f"correlation:{correlation_id} level:error"}
    with platform.reader.stream("GET", "/api/logs/tail", params=asked, timeout=30) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in answer.headers
        lines = answer.iter_lines()
        assert next(lines) == ": keep-alive"  # from here on it looks
        send(platform.sender, correlation_id=correlation_id, message="not an error")
        send(platform.sender, correlation_id=correlation_id, message="the one", log_level="error")
        name, log = next(events(lines))
    assert (name, log["message"], log["correlation_id"]) == ("log", "the one", correlation_id)


def test_many_may_look_and_leave(platform: Any) -> None:
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


def test_a_stop_does_not_wait_for_who_looks(own_platform: Any) -> None:
    own_platform.start()
    with own_platform.reader.stream("GET", "/api/logs/tail", timeout=30) as answer:
        lines = answer.iter_lines()
        assert next(lines) == ": keep-alive"
        started = time.monotonic()
        assert own_platform.stop() == 0
        assert time.monotonic() - started < 10
