"""Records as services write them, drawn at random: messages, attributes, OTLP requests, events of JSON."""

import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

WORDS = (
    "enrolment", "confirmed", "course", "quiz", "submitted", "grade", "posted", "session", "started",
    "cache", "miss", "worker", "picked", "job", "queue", "slow", "query", "took", "retry", "upstream",
    "timeout", "tutor", "answered", "model", "loaded", "index", "rebuilt", "page", "rendered", "upload",
    "finished",
)  # fmt: skip
PATHS = (
    "/courses/{id}",
    "/quizzes/{id}/answers",
    "/login",
    "/telemetry",
    "/api/v1/recommendations",
    "/static/app.4f3a2b1c.js",
)


_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


AGENTS = (
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4.1 Safari/605.1.15",
    f"Mozilla/5.0 (X11; Linux x86_64) {_WEBKIT} HeadlessChrome/141.0.7390.37 Safari/537.36 Edg/130.0.2849.68",
    "python-httpx/0.28.1",
)


def code(random: Random, characters: int) -> str:
    """Characters of base32, as tokens and hashed hosts have them."""
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz234567", k=characters))


def clean_message(random: Random) -> str:
    """A line such as a well-behaved service writes: numbers, times, ids, versions, tokens, and nothing personal."""
    number, minute, second = random.randrange, random.randrange(10, 60), random.randrange(10, 60)
    hexes, now = f"{random.getrandbits(128):032x}", 1_764_000_000_000_000_000 + random.getrandbits(48)
    status, path = random.choice((200, 201, 304, 404, 500)), random.choice(PATHS)
    return random.choice(
        (
            " ".join(random.choices(WORDS, k=number(3, 10))),
            f"{random.choice(('GET', 'POST'))} {path} {status} in {random.random() * 900:.3f} ms",
            f"user usr_k1_{code(random, 26)} opened course {number(100_000)}",
            f"job {uuid.UUID(int=random.getrandbits(128), version=4)} took 00:{minute}:{second}.{number(1000):03}",
            f"listening on 127.0.0.1:{number(1024, 65536)}, release {number(10)}.{number(20)}.{number(10)}",
            f"trace {hexes} span {hexes[:16]} at {now}",
            f"slow query took {random.random() * 5000:.1f} ms, rows={number(10**6)}, plan={random.getrandbits(31)}",
            f"mail to [EMAIL] refused by 203.0.113.h{code(random, 5)}; password=[SECRET]",
            f"scored {random.random():.17g} {random.random() / 1e9:.3e}, at 10:{minute}:{second}.{number(10**6):06}",
            f"digest sha256:{random.getrandbits(256):064x} size={random.getrandbits(33)}",
        )
    )


def _attributes(random: Random) -> dict[str, str | int | float]:
    return {
        "tenant_id": random.choice(("t1", "north-high", "uni-4711")),
        "correlation_id": f"{random.getrandbits(128):032x}",
        "request_id": str(uuid.UUID(int=random.getrandbits(128), version=4)),
        "user_id": f"usr_k1_{code(random, 26)}",
        "http.route": random.choice(PATHS),
        "http.response.status_code": random.choice((200, 404, 500)),
        "duration_ms": random.random() * 1000,
        "client.address": f"203.0.113.h{code(random, 5)}",
        "user_agent.original": random.choice(AGENTS),
    }


def clean_bodies(count: int, records: int = 500, seed: int = 7) -> Iterator[bytes]:
    """OTLP log requests in protobuf, as the official exporter writes them, of about 170 kB."""
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    random = Random(seed)
    for _ in range(count):
        request = ExportLogsServiceRequest()
        group = request.resource_logs.add()
        group.resource.attributes.add(key="service.name").value.string_value = "courses"
        group.resource.attributes.add(key="service.version").value.string_value = "1.4.2"
        scope = group.scope_logs.add()
        scope.scope.name = "eduscope"
        for _ in range(records):
            _add_record(scope.log_records, random)
        yield request.SerializeToString()


def _add_record(records: Any, random: Random) -> None:
    """One log record with three to seven attributes."""
    record = records.add(
        time_unix_nano=1_764_000_000_000_000_000 + random.getrandbits(48),
        observed_time_unix_nano=1_764_000_000_000_000_000 + random.getrandbits(48),
        severity_number=9,
        severity_text="INFO",
        trace_id=random.randbytes(16),
        span_id=random.randbytes(8),
        flags=1,
    )
    record.body.string_value = clean_message(random)
    for key, value in random.sample(list(_attributes(random).items()), k=random.randint(3, 7)):
        kind = {str: "string_value", int: "int_value", float: "double_value"}[type(value)]
        setattr(record.attributes.add(key=key).value, kind, value)


def event(random: Random, dirty: float) -> dict[str, Any]:
    """A log line as parsed JSON, from a producer that tokenises nobody; some messages hold something to redact."""
    now = time.time() - random.random() * 3600
    line: dict[str, Any] = {
        "timestamp": datetime.fromtimestamp(now, UTC).isoformat(timespec="microseconds"),
        "log_level": "info",
        "service_name": "courses",
        "environment": "production",
        "release": "1.4.2",
        "message": clean_message(random),
        "trace_id": f"{random.getrandbits(128):032x}",
        "span_id": f"{random.getrandbits(64):016x}",
        **_attributes(random),
        "user_id": f"student{random.randrange(20_000)}",
        "client.address": f"203.0.{random.randrange(20)}.{random.randrange(256)}",
        "course.title": random.choice(("Algebra", "Biology", "History")),
    }
    if random.random() < dirty:
        number = random.randrange(10**5)
        line["message"] = random.choice(
            (
                f"mail to ada{number}@example.com failed",
                f"login for user s{number} from 203.0.113.{number % 256}",
                f"password=hunter{number} wrong",
                f"sms to +4477009{number:05} queued",
            )
        )
    return line
