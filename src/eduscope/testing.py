"""For tests of services that use EduScope: what was recorded, in memory, with a clock and ids that can be
foretold.

>>> with eduscope.testing.capture(service="courses") as seen:
...     grade(quiz)
>>> assert seen.lines[-1]["message"] == "quiz graded"
>>> assert seen.span("grade.compute").attributes["course.id"] == "c-101"
"""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from eduscope import logging, tracing
from eduscope.config import load
from eduscope.context import use_ids
from eduscope.line import Lines
from eduscope.span_export import SafeExporter
from eduscope.spans import Relay, Spans

START_NS = 1_790_000_000_000_000_000
"""Where the fake clock starts: 2026-09-21T14:13:20Z."""


class FakeClock:
    """A clock that moves only when told to."""

    def __init__(self, now_ns: int = START_NS) -> None:
        self.now_ns = now_ns

    def __call__(self) -> int:
        """The time in nanoseconds since 1970."""
        return self.now_ns

    def advance(self, seconds: float) -> None:
        """Moves the clock; a negative number moves it back."""
        self.now_ns += round(seconds * 1e9)


def counted_ids() -> Callable[[], str]:
    """A source of ids that counts: `00…01`, `00…02`."""
    numbers = itertools.count(1)
    return lambda: f"{next(numbers):032x}"


class Captured:
    """What was recorded so far."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self._exporter = InMemorySpanExporter()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines, read. Raises where one is no JSON object."""
        return [msgspec.json.decode(line, type=dict[str, Any]) for line in self.raw]

    @property
    def spans(self) -> list[ReadableSpan]:
        """The ended spans, as they would leave the process."""
        return list(self._exporter.get_finished_spans())

    def span(self, name: str) -> ReadableSpan:
        """The one span of that name; KeyError where there is none, or more than one."""
        found = [span for span in self.spans if span.name == name]
        if len(found) != 1:
            raise KeyError(f"{len(found)} spans are named {name!r}; there are {[s.name for s in self.spans]}")
        return found[0]

    def clear(self) -> None:
        """Forgets what was recorded."""
        self.raw.clear()
        self._exporter.clear()


@contextmanager
def capture(
    *,
    service: str = "tested",
    environment: str = "development",
    release: str = "",
    clock: Callable[[], int] = time.time_ns,
    ids: Callable[[], str] | None = None,
) -> Iterator[Captured]:
    """Records in memory, inside the `with`, instead of writing and sending. Needs no `init`."""
    config = load({"service": service, "environment": environment, "release": release}, environ={})
    seen = Captured()
    relay = Relay(SimpleSpanProcessor(SafeExporter(seen._exporter)))
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(relay)
    spans = Spans(provider, relay)
    lines = Lines(
        service=config.service,
        environment=config.environment,
        release=config.release,
        level=config.level(),
        write=seen.raw.append,
        clock_ns=clock,
        trace_text=spans.trace_text(),
    )
    lines_before, spans_before = logging.use(lines), tracing.active()
    tracing.use(spans)
    use_ids(ids)
    try:
        yield seen
    finally:
        use_ids(None)
        tracing.use(spans_before)
        logging.use(lines_before)
