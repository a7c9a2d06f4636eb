import json
import logging
import os
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from tests.eduscope.local_platform import Answer, LocalPlatform

import eduscope
from eduscope.counters import Counters
from eduscope.quiet import quiet

pytestmark = pytest.mark.usefixtures("stopped")


def test_without_a_platform_lines_go_to_stdout_and_nothing_else_runs(
    capfd: pytest.CaptureFixture[str],
) -> None:
    import threading

    before = set(threading.enumerate())
    eduscope.init(service="courses", environment="production")
    eduscope.get_logger().info("said")
    logging.getLogger("library").warning("heard")
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [line["message"] for line in lines] == ["said", "heard"]
    assert set(threading.enumerate()) <= before  # a thread of an earlier test may have ended meanwhile


def test_the_platform_gets_the_bytes_of_stdout_and_the_spans(
    platform: LocalPlatform, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    eduscope.init(service="courses", release="7", endpoint=platform.url, ingest_key="key-1")
    with eduscope.bind(tenant_id="t1", user_id="anna"), eduscope.tracing.span("grade", nickname="Anni"):
        eduscope.get_logger().info("said")
    assert eduscope.flush(10)
    assert platform.wait_for(1)[0].body == capfdbinary.readouterr().out
    (sent,) = platform.wait_for(1, "/v1/traces")
    assert sent.headers["authorization"] == "Bearer key-1"
    message = ExportTraceServiceRequest.FromString(sent.body)
    resource = {a.key: a.value.string_value for a in message.resource_spans[0].resource.attributes}
    span = message.resource_spans[0].scope_spans[0].spans[0]
    attributes = {a.key: a.value.string_value for a in span.attributes}
    (line,) = platform.lines()
    assert (resource["service.name"], resource["service.version"]) == ("courses", "7")
    assert resource["deployment.environment.name"] == "production"
    assert (span.name, span.trace_id.hex(), span.span_id.hex()) == (
        "grade",
        line["trace_id"],
        line["span_id"],
    )
    assert {attributes[name] == line[name] for name in ("correlation_id", "tenant_id", "user_id")} == {True}
    assert attributes["nickname"].startswith("und_")


def test_starting_again_with_the_same_options_changes_nothing(platform: LocalPlatform) -> None:
    first = eduscope.init(service="courses", endpoint=platform.url, stdout=False)
    assert eduscope.init(service="courses", endpoint=platform.url, stdout=False) is first


def test_starting_again_with_others_sends_what_waited_and_goes_on(platform: LocalPlatform) -> None:
    log = eduscope.get_logger()
    options: dict[str, Any] = {"endpoint": platform.url, "stdout": False, "export_interval_seconds": 30}
    eduscope.init(service="courses", **options)
    with eduscope.tracing.span("one"):
        log.info("one")
    eduscope.init(service="tutor", **options)
    with eduscope.tracing.span("two"):
        log.info("two")
    eduscope.shutdown()
    assert [line["service_name"] for line in platform.lines()] == ["courses", "tutor"]
    sent = [ExportTraceServiceRequest.FromString(t.body) for t in platform.wait_for(2, "/v1/traces")]
    assert [m.resource_spans[0].scope_spans[0].spans[0].name for m in sent] == ["one", "two"]
    services = [{a.key: a.value.string_value for a in m.resource_spans[0].resource.attributes} for m in sent]
    assert [resource["service.name"] for resource in services] == ["courses", "tutor"]


def test_spans_of_other_libraries_are_stamped_judged_and_sent(platform: LocalPlatform) -> None:
    from opentelemetry import trace

    eduscope.init(service="courses", endpoint=platform.url, stdout=False)
    with (
        eduscope.bind(tenant_id="t1"),
        trace.get_tracer("library").start_as_current_span("GET", attributes={"url.path": "/users/anna@x.de"}),
    ):
        pass
    assert eduscope.flush(10)
    body = platform.wait_for(1, "/v1/traces")[0].body
    assert b"anna@x.de" not in body
    assert b"tenant_id" in body


@pytest.mark.parametrize("answer", [Answer(401), Answer(503, {"Retry-After": "30"}), Answer(200, {}, 3.0)])
def test_an_unwilling_platform_never_blocks_the_host(
    platform: LocalPlatform, fresh_counters: Counters, answer: Answer
) -> None:
    platform.always = answer
    eduscope.init(
        service="courses",
        endpoint=platform.url,
        stdout=False,
        export_timeout_seconds=2,
        shutdown_timeout_seconds=0.5,
        export_interval_seconds=0.02,
    )
    log = eduscope.get_logger()
    slowest = 0.0
    for n in range(500):
        started = time.perf_counter()
        with eduscope.tracing.span("work"):
            log.info("said", count=n)
        slowest = max(slowest, time.perf_counter() - started)
    assert slowest < 1.8  # a busy test machine may look away for a while; a blocked host waits for timeouts
    started = time.monotonic()
    eduscope.shutdown()
    assert time.monotonic() - started < 6
    assert sum(fresh_counters.dropped.values()) + fresh_counters.sent_lines == 500 or answer.after_seconds


def test_a_refused_key_is_told_on_stdout(platform: LocalPlatform, capfd: pytest.CaptureFixture[str]) -> None:
    platform.always = Answer(401)
    eduscope.init(service="courses", endpoint=platform.url, tracing=False)
    eduscope.get_logger().info("said")
    assert eduscope.flush(5)
    _, told = map(json.loads, capfd.readouterr().out.splitlines())
    assert told["log_level"] == "warning"
    assert "EDUSCOPE_INGEST_KEY" in told["message"]
    assert len(platform.lines()) == 1  # it is not for the platform, which would refuse it too


def test_dead_targets_take_the_time_of_one(platform: LocalPlatform) -> None:
    platform.always = Answer(200, {}, 30.0)
    eduscope.init(
        service="courses",
        endpoint=platform.url,
        trace_exporters="platform,jaeger,tempo",
        jaeger_endpoint=platform.url,
        tempo_endpoint=platform.url,
        stdout=False,
        export_timeout_seconds=20,
        shutdown_timeout_seconds=2,
    )
    with eduscope.tracing.span("work"):
        eduscope.get_logger().info("said")
    started = time.monotonic()
    eduscope.shutdown()
    assert time.monotonic() - started < 3.5


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread of ours can be started, as in Python 3.12 once the main thread has ended."""
    start_any = threading.Thread.start

    def start(self: threading.Thread) -> None:
        if self.name.startswith("eduscope"):
            raise RuntimeError("can't create new thread at interpreter shutdown")
        start_any(self)

    monkeypatch.setattr(threading.Thread, "start", start)


def test_what_is_said_when_no_thread_starts_any_more_is_sent_at_the_end(
    platform: LocalPlatform, request: pytest.FixtureRequest
) -> None:
    eduscope.init(service="courses", endpoint=platform.url, stdout=False)
    request.getfixturevalue("no_threads")
    with eduscope.tracing.span("work"):
        eduscope.get_logger().info("said")
    eduscope.shutdown()
    assert [line["message"] for line in platform.lines()] == ["said"]
    assert {taken.path for taken in platform.taken} == {"/v1/ndjson", "/v1/traces"}
    assert not quiet.on


def test_a_part_that_cannot_be_ended_keeps_no_other_from_it(
    platform: LocalPlatform, monkeypatch: pytest.MonkeyPatch, fresh_counters: Counters
) -> None:
    eduscope.init(service="courses", endpoint=platform.url, stdout=False, export_interval_seconds=60)
    monkeypatch.setattr("eduscope.spans.Spans.shutdown", lambda *_: 1 / 0)
    eduscope.get_logger().info("said")
    eduscope.shutdown()
    assert [line["message"] for line in platform.lines()] == ["said"]
    assert fresh_counters.failures["shutdown"] == 1


def test_consent_that_nobody_can_ask_stops_start_up() -> None:
    with pytest.raises(eduscope.ConfigurationError, match="consent= is of type str"):
        eduscope.init(service="courses", consent="yes")  # type: ignore[arg-type]


def test_a_bad_key_ring_stops_start_up_without_showing_it() -> None:
    with pytest.raises(eduscope.ConfigurationError) as raised:
        eduscope.init(service="courses", token_keys="k1:tooshort")
    assert "token_keys" in str(raised.value)
    assert "tooshort" not in str(raised.value)


def test_loggers_go_on_after_the_end(capfd: pytest.CaptureFixture[str]) -> None:
    eduscope.init(service="courses", tracing=False)
    eduscope.shutdown()
    eduscope.get_logger().info("still here")
    assert json.loads(capfd.readouterr().out)["message"] == "still here"


PROGRAM = """
import eduscope
eduscope.init(service="job")
with eduscope.tracing.span("work"):
    for n in range(1000):
        eduscope.get_logger().info("said", count=n)
"""


def test_a_program_that_just_ends_loses_nothing(platform: LocalPlatform) -> None:
    environ = {**os.environ, "EDUSCOPE_ENDPOINT": platform.url, "EDUSCOPE_INGEST_KEY": "key-1"}
    run = subprocess.run([sys.executable, "-c", PROGRAM], env=environ, capture_output=True, check=True)
    assert not run.stderr
    assert len(run.stdout.splitlines()) == 1000
    assert [line["count"] for line in platform.lines()] == list(range(1000))
    assert platform.wait_for(1, "/v1/traces")


def test_importing_starts_nothing_and_loads_little() -> None:
    """What is slow to load (OpenTelemetry 60 ms, Prometheus 30 ms, HTTP 10 ms) is loaded where it is used."""
    program = (
        "import eduscope, sys, threading;"
        "heavy = {'opentelemetry', 'prometheus_client', 'requests', 'http.client', 'asyncio'};"
        "print(sorted(heavy & set(sys.modules)), threading.active_count())"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "[] 1\n"


SENDING = """
import eduscope, logging, sys
eduscope.init(service="job", stdout=False)
loaded = set(sys.modules)
with eduscope.bind(tenant_id="t1", user_id="anna"), eduscope.tracing.span("work"):
    logging.getLogger("library").warning("heard")
    try:
        raise ValueError("no mail for anna@school.example")
    except ValueError:
        eduscope.get_logger().exception("failed")
eduscope.flush(10)
print(sorted(set(sys.modules) - loaded))
"""


def test_nothing_is_loaded_after_the_start(platform: LocalPlatform) -> None:
    """A fork in the middle of an import leaves a child that waits for it for ever, and loses what it logs."""
    environ = {**os.environ, "EDUSCOPE_ENDPOINT": platform.url}
    assert subprocess.check_output([sys.executable, "-c", SENDING], env=environ, text=True) == "[]\n"
    assert platform.wait_for(1, "/v1/traces")
