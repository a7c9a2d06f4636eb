"""What observing one request costs: ours against the four libraries that together do the same.

A FastAPI application is called in process, through the ASGI interface, with a trace and a correlation id coming in and
spans recorded into a batch processor whose exporter throws them away. Lines go to /dev/null. Measured is what each set
of middlewares adds to the bare application.

    python bench/middleware.py [--quick]
"""

import argparse
import asyncio
import itertools
import logging
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
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
from eduscope.spans import Relay, Spans

BUDGET = 1 / 4

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


def theirs(null: int, *, spans_of_messages: bool) -> App:
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


async def measure(apps: dict[str, App], rounds: int, number: int) -> dict[str, float]:
    """Median microseconds of processor time per request, the exporter's thread included.

    The rounds are interleaved, so that a busy moment hits all alike.
    """
    seen: dict[str, list[float]] = {name: [] for name in apps}
    paths = [f"/courses/{n}" for n in range(100)]
    for _ in range(rounds):
        for name, app in apps.items():
            started = time.process_time()
            for path in itertools.islice(itertools.cycle(paths), number):
                await one_request(app, path)
            seen[name].append((time.process_time() - started) / number * 1e6)
    return {name: statistics.median(values) for name, values in seen.items()}


def main() -> None:
    """Prints the table; ends with status 1 where the budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: for a look, not for a verdict")
    quick = parser.parse_args().quick
    null = os.open(os.devnull, os.O_WRONLY)
    apps: dict[str, App] = {
        "bare": bare(),
        "eduscope": ours(null),
        "the four": theirs(null, spans_of_messages=True),
        "the four, no spans of messages": theirs(null, spans_of_messages=False),
    }
    asyncio.run(measure(apps, rounds=2, number=300))
    median = asyncio.run(measure(apps, rounds=5 if quick else 25, number=300 if quick else 1_000))
    added = {name: micros - median["bare"] for name, micros in median.items()}
    print(f"{'one FastAPI request, in process':<40}{'µs':>8}{'added':>8}{'of the four':>13}")
    for name, micros in median.items():
        print(f"{name:<40}{micros:>8.1f}{added[name]:>8.1f}{added[name] / added['the four']:>13.3f}")
    print("the four: OpenTelemetry, structlog, prometheus-fastapi-instrumentator, asgi-correlation-id")
    share = added["eduscope"] / added["the four"]
    kept = share <= BUDGET
    print(f"budget: ≤ {BUDGET:.2f} of what the four add ({share:.3f}): {'kept' if kept else 'MISSED'}")
    raise SystemExit(not kept)


if __name__ == "__main__":
    main()
