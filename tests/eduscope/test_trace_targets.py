"""Spans reach every target by its own rules, and a dead one costs the others nothing."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families
from tests.eduscope.local_platform import Answer, LocalPlatform, Taken

import eduscope
from eduscope import metrics
from eduscope.config import load
from eduscope.trace_targets import parse_headers

Collect = Callable[[], LocalPlatform]


@pytest.fixture
def collector() -> Iterator[Collect]:
    """Starts collectors; closed after the test."""
    started: list[LocalPlatform] = []

    def start() -> LocalPlatform:
        started.append(LocalPlatform())
        return started[-1]

    yield start
    eduscope.shutdown()
    for one in started:
        one.close()


def names(taken: list[Taken]) -> list[str]:
    """The names of the spans in some requests."""
    messages = [ExportTraceServiceRequest.FromString(request.body) for request in taken]
    return [
        span.name for m in messages for resource in m.resource_spans for scope in resource.scope_spans
        for span in scope.spans
    ]  # fmt: skip


def told(name: str, **labels: str) -> float:
    """One sample of `/metrics`."""
    families = text_string_to_metric_families(metrics.text().decode())
    found = [
        s.value for f in families for s in f.samples if s.name == name and s.labels.items() >= labels.items()
    ]
    return sum(found)


PRESETS = {
    "jaeger": ("/v1/traces", {"jaeger_headers": "x-team=edu"}, {"x-team": "edu"}, "gzip"),
    "tempo": (
        "/otlp/v1/traces",
        {"tempo_headers": "Authorization=Basic abc=,x-a=1", "tempo_tenant": "school"},
        {"authorization": "Basic abc=", "x-a": "1", "x-scope-orgid": "school"},
        "gzip",
    ),
    "honeycomb": (
        "/v1/traces",
        {"honeycomb_key": "hcaik_1", "honeycomb_dataset": "edu"},
        {"x-honeycomb-team": "hcaik_1", "x-honeycomb-dataset": "edu"},
        "gzip",
    ),
    "otlp": ("/v1/traces", {"otlp_headers": ""}, {}, "gzip"),
    "platform": ("/v1/traces", {"ingest_key": "key-1"}, {"authorization": "Bearer key-1"}, "zstd"),
}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_target_gets_spans_with_its_headers(collector: Collect, preset: str) -> None:
    path, options, headers, encoding = PRESETS[preset]
    target = collector()
    address = {"platform": "endpoint"}.get(preset, f"{preset}_endpoint")
    given: dict[str, Any] = {address: target.url + path.removesuffix("/v1/traces"), **options}
    eduscope.init(service="courses", stdout=False, trace_exporters=preset, **given)
    with eduscope.tracing.span("grade.compute"):
        pass
    assert eduscope.flush(10)
    (taken,) = target.wait_for(1, path)
    assert names([taken]) == ["grade.compute"]
    assert taken.headers["content-type"] == "application/x-protobuf"
    assert taken.headers["content-encoding"] == encoding
    assert len(taken.headers["eduscope-batch-id"]) == 32
    assert headers.items() <= taken.headers.items()


def test_a_dead_target_costs_the_others_nothing(collector: Collect) -> None:
    platform, jaeger = collector(), collector()
    jaeger.always = Answer(503, {"Retry-After": "30"})
    dropped_before = told("eduscope_dropped_spans_total", target="platform")
    eduscope.init(
        service="courses", stdout=False, endpoint=platform.url, trace_exporters="platform,jaeger,tempo",
        jaeger_endpoint=jaeger.url, tempo_endpoint="http://127.0.0.1:9", trace_queue_bytes=64 * 1024,
        export_interval_seconds=0.02, shutdown_timeout_seconds=0.2,
    )  # fmt: skip
    for round_ in range(20):
        for n in range(100):
            with eduscope.tracing.span(f"step {round_}", count=n):
                pass
        time.sleep(0.03)
    until = time.monotonic() + 10
    while len(names(platform.taken)) < 2000 and time.monotonic() < until:
        time.sleep(0.05)
    assert len(names(platform.taken)) == 2000
    assert told("eduscope_dropped_spans_total", target="platform") == dropped_before
    assert told("eduscope_dropped_spans_total", target="tempo", reason="queue_full") > 0
    assert 0 < told("eduscope_span_queue_bytes", target="jaeger") <= 64 * 1024
    assert not eduscope.flush(0.2)
    started = time.monotonic()
    eduscope.shutdown()
    assert time.monotonic() - started < 4


def test_a_target_that_refuses_is_counted_by_its_reason(collector: Collect) -> None:
    jaeger = collector()
    jaeger.always = Answer(401)
    before = told("eduscope_dropped_spans_total", target="jaeger", reason="status_401")
    eduscope.init(service="courses", stdout=False, trace_exporters="jaeger", jaeger_endpoint=jaeger.url)
    for _ in range(3):
        with eduscope.tracing.span("grade"):
            pass
    assert eduscope.flush(10)
    assert told("eduscope_dropped_spans_total", target="jaeger", reason="status_401") == before + 3


def test_of_a_trace_that_is_not_kept_only_what_fails_is_sent(collector: Collect) -> None:
    jaeger = collector()
    eduscope.init(
        service="courses",
        stdout=False,
        trace_exporters="jaeger",
        jaeger_endpoint=jaeger.url,
        trace_sample_rate=0,
    )

    @eduscope.tracing.span("outer")
    def outer() -> None:
        with eduscope.tracing.span("fine"):
            pass
        with eduscope.tracing.span("failed"):
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        outer()
    assert eduscope.flush(10)
    assert names(jaeger.taken) == ["failed", "outer"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"trace_exporters": "zipkin"}, "expected platform, jaeger"),
        ({"trace_exporters": "jaeger,jaeger"}, "each once"),
        ({"trace_exporters": "platform"}, "endpoint is empty"),
        ({"trace_exporters": "honeycomb"}, "honeycomb_key is empty"),
        ({"jaeger_headers": "a=1\r\nHost: evil"}, r"set \(not shown\)"),
        ({"tempo_tenant": "a\nb"}, "tempo_tenant"),
        ({"jaeger_endpoint": "http://user:secret@jaeger"}, "jaeger_endpoint"),
    ],
)
def test_what_cannot_be_used_stops_start_up(given: dict[str, object], says: str) -> None:
    with pytest.raises(eduscope.ConfigurationError, match=says):
        load({"service": "courses", **given}, environ={})


def test_headers_are_read_as_opentelemetry_writes_them() -> None:
    assert parse_headers("a=1, b = x=y ,") == {"a": "1", "b": "x=y"}


def test_a_program_that_just_ends_leaves_its_spans_at_every_target(collector: Collect) -> None:
    platform, jaeger = collector(), collector()
    program = (
        "import eduscope\n"
        f"eduscope.init(service='x', endpoint={platform.url!r}, stdout=False, export_interval_seconds=30,\n"
        f"    trace_exporters='platform,jaeger', jaeger_endpoint={jaeger.url!r})\n"
        "with eduscope.tracing.span('last'): pass\n"
    )
    environ = {k: v for k, v in os.environ.items() if not k.startswith("EDUSCOPE_")}
    run = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (0, b"")
    for target in (platform, jaeger):
        assert names(target.wait_for(1, "/v1/traces")) == ["last"]
