"""Turns everything that the SDK records into something a test can look at."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from eduscope import events, logging, tracing
from eduscope.config import load
from eduscope.context import use_ids
from eduscope.line import Lines
from eduscope.testing.captured import Captured
from eduscope.testing.otel import recording
from eduscope.testing.seams import held


@contextmanager
def capture(
    *,
    service: str = "tested",
    environment: str = "development",
    release: str = "",
    clock: Callable[[], int] | None = None,
    ids: Callable[[], str] | None = None,
) -> Iterator[Captured]:
    """Records in memory, inside the `with`, instead of writing and sending. Needs no `init`.

    With a `clock` (nanoseconds since 1970, such as a `FakeClock`) lines and spans bear its times, and durations are
    measured by it: `time.perf_counter` and `time.perf_counter_ns` follow it in the whole process. With `ids` (such as
    `counted_ids()`) correlation and request ids come from there, and trace and span ids count from one.
    """
    config = load({"service": service, "environment": environment, "release": release}, environ={})
    exporter = InMemorySpanExporter()
    spans = recording(exporter, clock_ns=clock, counted=ids is not None)
    seen = Captured(exporter)
    lines = Lines(
        service=config.service,
        environment=config.environment,
        release=config.release,
        level=config.level(),
        write=seen.raw.append,
        clock_ns=clock or time.time_ns,
        trace_text=spans.trace_text(),
    )
    use_ids(ids)
    try:
        with (
            held(logging, lines),
            held(tracing, spans),
            held(events, seen.sender),
            _measuring_by(clock),
        ):
            yield seen
    finally:
        use_ids(None)


def _measuring_by(clock: Callable[[], int] | None) -> ExitStack:
    """Until it is closed, what measures how long something takes measures by the clock."""
    replaced = ExitStack()
    if clock is None:
        return replaced

    def seconds() -> float:
        return clock() / 1e9

    replaced.enter_context(mock.patch.object(time, "perf_counter_ns", clock))
    replaced.enter_context(mock.patch.object(time, "perf_counter", seconds))
    return replaced
