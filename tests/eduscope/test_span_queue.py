import os
import threading
import time
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import StatusCode
from tests.eduscope.local_platform import LocalPlatform

import eduscope
from eduscope import span_queue
from eduscope.counters import Counters
from eduscope.span_provider import KeepingErrors
from eduscope.span_queue import SpanQueue

Spans = Sequence[ReadableSpan]


def end_spans(queue: SpanQueue, count: int) -> None:
    """Ends so many spans into the queue."""
    provider = TracerProvider(shutdown_on_exit=False)
    tracer = provider.get_tracer("t")
    for n in range(count):
        span = tracer.start_span(f"s{n}")
        span.end()
        assert isinstance(span, ReadableSpan)
        queue.on_end(span)


def test_spans_are_handed_on_in_their_order() -> None:
    taken: list[str] = []
    queue = SpanQueue(lambda spans: taken.extend(s.name for s in spans), interval_seconds=30)
    end_spans(queue, 600)
    assert queue.force_flush()
    assert taken == [f"s{n}" for n in range(600)]


def test_a_full_queue_drops_the_new_and_the_end_is_bounded(fresh_counters: Counters) -> None:
    stuck = threading.Event()

    def deliver(spans: Spans) -> None:
        stuck.wait(20)

    queue = SpanQueue(deliver, interval_seconds=0.01)
    end_spans(queue, span_queue.SPANS_MAX + span_queue.BATCH_MAX_SPANS + 100)
    assert fresh_counters.dropped_spans["queue_full"] >= 100
    assert not queue.force_flush(50)
    started = time.monotonic()
    queue.stop(0.1)
    assert time.monotonic() - started < 2
    assert fresh_counters.dropped_spans["shutdown"] > 0
    end_spans(queue, 1)
    assert fresh_counters.dropped_spans["closed"] == 1
    stuck.set()


def test_what_breaks_on_a_batch_does_not_stop_the_next(fresh_counters: Counters) -> None:
    taken: list[int] = []

    def deliver(spans: Spans) -> None:
        taken.append(len(spans))
        if len(taken) == 1:
            raise ValueError

    queue = SpanQueue(deliver, interval_seconds=0.01)
    for _ in range(2):
        end_spans(queue, 3)
        assert queue.force_flush()
    assert sum(taken) == 6
    assert fresh_counters.dropped_spans["export_failed"] > 0


def test_a_span_that_is_not_sampled_is_taken_only_if_it_failed() -> None:
    taken: list[str] = []
    queue = SpanQueue(lambda spans: taken.extend(s.name for s in spans), interval_seconds=30)
    tracer = TracerProvider(sampler=KeepingErrors(ALWAYS_OFF), shutdown_on_exit=False).get_tracer("t")
    for name, status in (("fine", StatusCode.UNSET), ("failed", StatusCode.ERROR)):
        span = tracer.start_span(name)
        span.set_status(status)
        span.end()
        assert isinstance(span, ReadableSpan)
        queue.on_end(span)
    assert queue.force_flush()
    assert taken == ["failed"]


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_sends_its_own_spans_and_not_its_parents(
    platform: LocalPlatform, stopped: None
) -> None:
    eduscope.init(service="courses", stdout=False, endpoint=platform.url, export_interval_seconds=30)
    with eduscope.tracing.span("parent"):
        pass
    child = os.fork()
    if not child:
        with eduscope.tracing.span("child"):
            pass
        os._exit(0 if eduscope.flush(10) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert eduscope.flush(10)
    bodies = [taken.body for taken in platform.wait_for(2, "/v1/traces")]
    assert [(b"parent" in body, b"child" in body) for body in bodies] == [(False, True), (True, False)]
