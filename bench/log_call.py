"""What one log line costs: ours against its floor and against the loggers people would use instead.

Every logger writes the eight mandatory fields, a message and two fields of its own to /dev/null. Ours also redacts the
message, checks every field against the contract, and knows the trace; the others check nothing. pino runs in Node, with
all fields at each call, and again with the ids in a child logger.

    python bench/log_call.py [--quick]
"""

import argparse
import io
import itertools
import logging
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import orjson
import structlog
from pythonjsonlogger.orjson import OrjsonFormatter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from pino_peer import Pino, PinoMissing

import eduscope
from eduscope import logging as logger_module
from eduscope.output import descriptor_writer

IDS = {
    "correlation_id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "tenant_id": "t-school-1",
    "user_id": "usr_k1_abcdefghijklmnopqrstuvwxyz",
    "request_id": "8796a5b4c3d2e1f00f1e2d3c4b5a6978",
}
MESSAGE = "quiz graded"
COURSE, COUNT, DURATION_MS = "c-101", 12, 3.4

BUDGET_FLOOR = 2.2
BUDGET_STRUCTLOG = 3.0

Call = Callable[[], object]
Timed = Callable[[int], float]


class Line(msgspec.Struct):
    """The same line as a record: the least that Python can do for it."""

    timestamp: datetime
    log_level: str
    service_name: str
    correlation_id: str
    tenant_id: str
    user_id: str
    request_id: str
    duration_ms: float
    message: str
    course: str = msgspec.field(name="course.id")
    count: int


def floor(null: int) -> Call:
    """A record filled, encoded and written. Only the time has to be asked for; the rest is there already."""
    write = open(null, "wb", buffering=0, closefd=False).write  # noqa: SIM115 - open until the end
    encode = msgspec.json.Encoder().encode_into
    buffer = bytearray(1024)
    correlation, tenant, user, request = IDS.values()
    now = datetime.now

    def call() -> None:
        encode(
            Line(
                now(UTC),
                "info",
                "bench",
                correlation,
                tenant,
                user,
                request,
                DURATION_MS,
                MESSAGE,
                COURSE,
                COUNT,
            ),
            buffer,
        )
        buffer.extend(b"\n")
        write(buffer)

    return call


def ours(null: int, *, messages: Callable[[], str] | None = None) -> Call:
    """EduScope, with ids bound and tracing on."""
    eduscope.init(service="bench", environment="production", release="1", stdout=False, stdlib_logging=False)
    logger_module.lines()._emit = descriptor_writer(null)
    log = eduscope.get_logger()
    eduscope.bind(**IDS).__enter__()
    if messages is not None:
        return lambda: log.info(messages(), course_id=COURSE, count=COUNT, duration_ms=DURATION_MS)
    return lambda: log.info(MESSAGE, course_id=COURSE, count=COUNT, duration_ms=DURATION_MS)


def tuned_structlog(null: int) -> Call:
    """structlog as its own performance page says: BytesLogger, orjson, context variables, cached."""
    structlog.configure(
        cache_logger_on_first_use=True,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"),
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        logger_factory=structlog.BytesLoggerFactory(file=open(null, "wb", buffering=0, closefd=False)),  # noqa: SIM115 - open until the end
    )
    structlog.contextvars.bind_contextvars(service_name="bench", **IDS)
    log = structlog.get_logger()
    return lambda: log.info(MESSAGE, course_id=COURSE, count=COUNT, duration_ms=DURATION_MS)


def json_logger(null: int) -> Call:
    """python-json-logger with its orjson formatter, behind Python's own logging."""
    log = logging.getLogger("bench")
    log.propagate = False
    handler = logging.StreamHandler(io.TextIOWrapper(open(null, "wb", closefd=False), write_through=True))  # noqa: SIM115 - open until the end
    handler.setFormatter(OrjsonFormatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    own = {"course.id": COURSE, "count": COUNT, "duration_ms": DURATION_MS}
    return lambda: log.info(MESSAGE, extra={"service_name": "bench", **IDS, **own})


def timed(call: Call) -> Timed:
    """A function that says how many seconds of this thread's processor a number of calls took."""

    def seconds(number: int) -> float:
        started = time.thread_time()
        for _ in itertools.repeat(None, number):
            call()
        return time.thread_time() - started

    return seconds


def pino() -> dict[str, Timed]:
    """pino by both ways, or nothing where it cannot be had."""
    try:
        peer = Pino(IDS)
    except PinoMissing as missing:
        print(f"pino: skipped, {missing}")
        return {}
    return {
        "pino (Node)": lambda number: peer.seconds("fields", number),
        "pino (Node), ids in a child": lambda number: peer.seconds("child", number),
    }


def measure(calls: dict[str, Timed], rounds: int, number: int) -> dict[str, float]:
    """Median microseconds of each call. The rounds are interleaved, so that a busy moment hits all alike; what
    counts is processor time, so that other programs on the machine do not.
    """
    seen: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, seconds in calls.items():
            seen[name].append(seconds(number) / number * 1e6)
    return {name: statistics.median(values) for name, values in seen.items()}


def main() -> None:
    """Prints the table; ends with status 1 where a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: for a look, not for a verdict")
    quick = parser.parse_args().quick
    null = os.open(os.devnull, os.O_WRONLY)
    numbers = itertools.count()
    calls = {
        "msgspec floor": floor(null),
        "eduscope": ours(null),
        "eduscope, every message new": ours(
            null, messages=lambda: f"quiz graded for the {next(numbers)}th time"
        ),
        "structlog, tuned, orjson": tuned_structlog(null),
        "python-json-logger, orjson": json_logger(null),
    }
    peers = {name: timed(call) for name, call in calls.items()} | pino()
    measure(peers, rounds=2, number=10_000)
    median = measure(peers, rounds=5 if quick else 25, number=4_000 if quick else 20_000)
    print(f"{'one line, 8 mandatory fields and 2 own':<40}{'µs':>8}{'x floor':>9}{'structlog ÷':>13}")
    for name, micros in median.items():
        against = median["structlog, tuned, orjson"] / micros
        print(f"{name:<40}{micros:>8.2f}{micros / median['msgspec floor']:>9.2f}{against:>13.2f}")
    over_floor = median["eduscope"] / median["msgspec floor"]
    over_structlog = median["structlog, tuned, orjson"] / median["eduscope"]
    over_pino = median.get("pino (Node)", float("inf")) / median["eduscope"]
    kept = over_floor <= BUDGET_FLOOR and over_structlog >= BUDGET_STRUCTLOG and over_pino > 1
    print(
        f"budget: ≤ {BUDGET_FLOOR} x floor ({over_floor:.2f}), ≥ {BUDGET_STRUCTLOG} x faster than structlog "
        f"({over_structlog:.2f}), faster than pino ({over_pino:.2f}): {'kept' if kept else 'MISSED'}"
    )
    raise SystemExit(not kept)


if __name__ == "__main__":
    main()
