"""What observing one request costs: ours against the five libraries that together do the same.

A FastAPI application is called in process, through the ASGI interface, with a trace and a correlation id coming in and
spans recorded into a batch processor whose exporter throws them away. Lines go to /dev/null; sentry-sdk, errors only,
has the address of a sink on loopback. Measured is what each set of middlewares adds to the bare application. Each set
has a process of its own, because some of them patch the framework; the rounds take turns.

    python bench/middleware.py [--quick]
"""

import argparse
import asyncio
import itertools
import logging
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import sentry_sdk
import structlog
from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from prometheus_fastapi_instrumentator import Instrumentator

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import eduscope
from eduscope import logging as eduscope_logging
from eduscope import tracing
from eduscope.config import load
from eduscope.http import ASGIMiddleware
from eduscope.output import descriptor_writer
from eduscope.span_export import batch_processor
from eduscope.span_relay import Relay
from eduscope.spans import Spans

BUDGET = 1 / 6
FIVE = "the five"

App = Callable[[Any, Any, Any], Awaitable[None]]

HEADERS = [
    (b"host", b"bench.example"),
    (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"),
    (b"accept", b"application/json"),
    (b"accept-encoding", b"gzip, br"),
    (b"x-correlation-id", b"0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
    (b"traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
]


class Discarding(SpanExporter):
    """Takes spans and throws them away."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Success, always."""
        return SpanExportResult.SUCCESS


def bare() -> FastAPI:
    """The application: one route with a parameter, one small JSON answer."""
    app = FastAPI()

    @app.get("/courses/{course}")
    async def course(course: str) -> dict[str, str]:
        return {"course": course}

    return app


def ours(null: int) -> App:
    """EduScope: correlation, span, line and metrics in one middleware."""
    config = load({"service": "bench", "release": "1"}, environ={})
    eduscope.init(service="bench", release="1", stdout=False, stdlib_logging=False, tracing=False)
    provider = TracerProvider(resource=Resource.create({"service.name": "bench"}))
    relay = Relay(batch_processor(config, Discarding()))
    provider.add_span_processor(relay)
    spans = Spans(provider, relay)
    tracing.use(spans)
    lines = eduscope_logging.lines()
    lines._emit = descriptor_writer(null)
    lines.trace_text = spans.trace_text()
    return ASGIMiddleware(bare())


class AccessLog:
    """One structlog line per request, as its documentation's ASGI example writes it."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._log = structlog.get_logger("access")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(service_name="bench", tenant_id="", user_id="")
        started = time.perf_counter()
        status = 500

        async def watched(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            self._log.info(
                "request handled",
                method=scope["method"],
                path=scope["path"],
                status=status,
                client=scope["client"][0],
                duration_ms=round((time.perf_counter() - started) * 1000, 3),
            )


def with_sentry(null: int, sink: str, *, spans_of_messages: bool = True) -> App:
    """The four, and sentry-sdk as its documentation starts it, without tracing."""
    sentry_sdk.init(dsn=sink, traces_sample_rate=None, send_default_pii=False)
    return theirs(null, spans_of_messages=spans_of_messages)


def theirs(null: int, *, spans_of_messages: bool = True) -> App:
    """OpenTelemetry, structlog, prometheus-fastapi-instrumentator and asgi-correlation-id."""
    structlog.configure(
        cache_logger_on_first_use=True,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        logger_factory=structlog.BytesLoggerFactory(file=open(null, "wb", buffering=0, closefd=False)),  # noqa: SIM115 - open until the end
    )
    provider = TracerProvider(resource=Resource.create({"service.name": "bench"}))
    provider.add_span_processor(BatchSpanProcessor(Discarding(), max_queue_size=4096))
    app = bare()
    app.add_middleware(AccessLog)
    app.add_middleware(CorrelationIdMiddleware, header_name="X-Correlation-ID", validator=None)
    Instrumentator().instrument(app)
    excluded: list[Any] | None = None if spans_of_messages else ["send", "receive"]
    FastAPIInstrumentor.instrument_app(app, tracer_provider=provider, exclude_spans=excluded)
    return app


async def one_request(app: App, path: str) -> None:
    """Calls the application as a server would."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": HEADERS,
        "client": ("203.0.113.7", 4711),
        "server": ("bench.example", 80),
    }
    await app(scope, _receive, _send)


async def _receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(message: dict[str, Any]) -> None:
    return None


async def measure(app: App, number: int) -> float:
    """Microseconds of processor time per request, the exporter's thread included."""
    started = time.process_time()
    for path in itertools.islice(PATHS, number):
        await one_request(app, path)
    return (time.process_time() - started) / number * 1e6


PATHS = itertools.cycle([f"/courses/{n}" for n in range(100)])

CONTENDERS: dict[str, Callable[[int, str], App]] = {
    "bare": lambda null, sink: bare(),
    "eduscope": lambda null, sink: ours(null),
    "the four, without sentry-sdk": lambda null, sink: theirs(null),
    FIVE: with_sentry,
    "the five, no spans of messages": lambda null, sink: with_sentry(null, sink, spans_of_messages=False),
}


async def contend(name: str, sink: str) -> None:
    """One contender in its process: for each number of requests read, the microseconds of one are written."""
    app = CONTENDERS[name](os.open(os.devnull, os.O_WRONLY), sink)
    for line in sys.stdin:
        print(await measure(app, int(line)), flush=True)


class Contender:
    """A contender, as the one who measures has it."""

    def __init__(self, name: str, sink: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--contender", name, "--sink", sink],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def micros(self, number: int) -> float:
        """Microseconds of one request, over a number of them."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def end(self) -> None:
        """Ends its process."""
        self._process.kill()
        self._process.wait()


class Sink(BaseHTTPRequestHandler):
    """Takes what sentry-sdk sends."""

    def do_POST(self) -> None:
        """Takes it and forgets it."""
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Nothing."""


def main() -> None:
    """Prints the table; ends with status 1 where the budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: for a look, not for a verdict")
    parser.add_argument("--contender", help=argparse.SUPPRESS)
    parser.add_argument("--sink", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.contender:
        asyncio.run(contend(given.contender, given.sink))
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sink = f"http://key@127.0.0.1:{server.server_port}/1"
    contenders = {name: Contender(name, sink) for name in CONTENDERS}
    rounds, number = (7, 300) if given.quick else (25, 1_000)
    seen: dict[str, list[float]] = {name: [] for name in contenders}
    for contender in contenders.values():
        contender.micros(600)  # warm
    for _ in range(rounds):
        for name, contender in contenders.items():
            seen[name].append(contender.micros(number))
    for contender in contenders.values():
        contender.end()
    server.shutdown()
    report({name: statistics.median(values) for name, values in seen.items()})


def report(median: dict[str, float]) -> None:
    """Prints the table; ends with status 1 where the budget is missed."""
    added = {name: micros - median["bare"] for name, micros in median.items()}
    print(f"{'one FastAPI request, in process':<40}{'µs':>8}{'added':>8}{'of the five':>13}")
    for name, micros in median.items():
        print(f"{name:<40}{micros:>8.1f}{added[name]:>8.1f}{added[name] / added[FIVE]:>13.3f}")
    print(
        "the five: OpenTelemetry, structlog, prometheus-fastapi-instrumentator, asgi-correlation-id, "
        "sentry-sdk (errors only)"
    )
    share = added["eduscope"] / added[FIVE]
    kept = share <= BUDGET
    print(f"budget: ≤ {BUDGET:.3f} of what the five add ({share:.3f}): {'kept' if kept else 'MISSED'}")
    raise SystemExit(not kept)


if __name__ == "__main__":
    main()
