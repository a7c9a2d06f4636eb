import gzip
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import Counter as HostCounter
from prometheus_client import Gauge as HostGauge
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import REGISTRY

from eduscope import metrics
from eduscope.counters import UNDECLARED_KEYS_MAX, Counters
from eduscope.metrics.exposition import wants_openmetrics
from eduscope.metrics.families import Family, Series
from eduscope.metrics.guard import Guard
from eduscope.metrics.instruments import Gauge
from eduscope.metrics.rendering import rendered

OPENMETRICS = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,*/*;q=0.1"
)
"""What Prometheus 2.42 sends."""

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def samples() -> dict[tuple[str, str], float]:
    """Every sample of the text format, by name and first label."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {(s.name, next(iter(s.labels.values()), "")): s.value for f in families for s in f.samples}


@pytest.fixture
def host_counter() -> Iterator[None]:
    """A metric the host keeps with prometheus_client, and one of a name that is ours."""
    own = HostCounter("host_jobs", "Jobs.")
    own.inc()
    same = HostGauge("tests_shown_twice", "The host's.")
    yield
    REGISTRY.unregister(own)
    REGISTRY.unregister(same)


def test_drops_and_undeclared_fields_are_told_by_reason_and_key(fresh_counters: Counters) -> None:
    fresh_counters.drop("queue_full", 3)
    fresh_counters.undeclared_key("nickname")
    fresh_counters.sent(lines=5, size_bytes=100)
    told = samples()
    assert told["eduscope_dropped_lines_total", "queue_full"] == 3
    assert told["eduscope_undeclared_fields_total", "nickname"] == 1
    assert told["eduscope_exported_lines_total", ""] == 5


def test_keys_that_a_host_invents_are_folded(fresh_counters: Counters) -> None:
    for n in range(1_000):
        fresh_counters.undeclared_key(f"key_{n}")
    assert len(fresh_counters.undeclared) == UNDECLARED_KEYS_MAX + 1
    assert fresh_counters.undeclared["(other)"] == 1_000 - UNDECLARED_KEYS_MAX


def test_the_hosts_own_metrics_stand_beside_and_ours_win_a_name(host_counter: None) -> None:
    metrics.gauge("tests_shown_twice", "Ours.").set((), 7)
    text = metrics.text().decode()
    assert "host_jobs_total 1.0" in text
    assert text.count("# TYPE tests_shown_twice ") == 1
    assert "tests_shown_twice 7.0" in text
    assert "python_info" in text


def test_buckets_are_cumulated_and_exemplars_name_their_trace() -> None:
    seconds = metrics.histogram("tests_shown_seconds", "Seconds.", ("route",), buckets=(0.1, 1.0))
    for value, trace_id in ((0.05, ""), (0.5, int(TRACE, 16)), (9.0, TRACE)):
        seconds.observe(('/"quoted"\\{id}\n',), value, trace_id)
    found = {f.name: f for f in openmetrics_families(metrics.text(OPENMETRICS).decode())}  # type: ignore[no-untyped-call]
    buckets = [s for s in found["tests_shown_seconds"].samples if s.name.endswith("_bucket")]
    assert [(s.labels["le"], s.value) for s in buckets] == [("0.1", 1), ("1.0", 2), ("+Inf", 3)]
    assert [s.exemplar and (s.exemplar.labels, s.exemplar.value) for s in buckets] == [
        None, ({"trace_id": TRACE}, 0.5), ({"trace_id": TRACE}, 9.0),
    ]  # fmt: skip
    assert TRACE not in metrics.text().decode(), "the older format has no exemplars"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (OPENMETRICS, True), ("application/openmetrics-text", True), ("", False), ("*/*", False), ("text/plain", False),
        ("text/plain;q=0.9, application/openmetrics-text;q=0.5", False), ("application/openmetrics-text;q=0", False),
        ("application/openmetrics-text;q=x", False), (";;,,=" * 1000, False),
    ],
)  # fmt: skip
def test_the_format_is_the_one_asked_for(accept: str, wanted: bool) -> None:
    assert wants_openmetrics(accept) is wanted


@pytest.mark.skipif(
    shutil.which("promtool") is None, reason="the Debian package `prometheus` is not installed"
)
def test_prometheus_own_tool_finds_nothing_wrong() -> None:
    metrics.requests.observe("GET", "/courses/{course}", 200, 0.2, TRACE)
    # Its linter also has opinions on names; what is checked here is that it reads everything.
    run = subprocess.run(
        ["promtool", "check", "metrics"], input=metrics.text(), capture_output=True, check=False
    )
    complaints = run.stdout.decode() + run.stderr.decode()
    assert run.returncode in {0, 3}, complaints
    assert "error while linting" not in complaints
    assert "eduscope_" not in complaints


async def test_metrics_are_served_by_asgi() -> None:
    transport = httpx.ASGITransport(metrics.asgi_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        plain = await client.get("/metrics", headers={"accept-encoding": "identity"})
        rich = await client.get("/metrics", headers={"accept": OPENMETRICS})
        refused = await client.post("/metrics")
    assert "eduscope_log_lines_total" in plain.text
    assert plain.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert rich.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert rich.headers["content-encoding"] == "gzip"
    assert rich.text.endswith("# EOF\n")
    assert refused.status_code == 405


def test_odd_numbers_and_texts_are_read_back_as_they_were() -> None:
    odd = metrics.gauge("tests_odd", 'Says "this"\n\\ and that.', ("text",))
    values = {'a"b': 1e300, "c\\d": -0.5, "e\nf": float("inf"), "g,}": float("-inf"), "ü": 1e-9}
    for text, value in values.items():
        odd.set((text,), value)
    for families in (
        text_string_to_metric_families(metrics.text().decode()),
        openmetrics_families(metrics.text(OPENMETRICS).decode()),  # type: ignore[no-untyped-call]
    ):
        (found,) = (f for f in families if f.name == "tests_odd")
        assert {s.labels["text"]: s.value for s in found.samples} == values
        assert found.documentation == 'Says "this"\n\\ and that.'


@given(st.text(st.characters(), max_size=40), st.floats())
def test_any_label_and_value_can_be_read_and_shared(label: str, value: float) -> None:
    guard = Guard("tests_any", ("text",), lambda metric, label: None)
    gauge = Gauge("tests_any", "Any.", ("text",), guard)
    gauge.set((label,), value)
    family = Family(
        "tests_any", "gauge", "Any.", ("text",), [Series(k, c[0]) for k, c in gauge.series.items()]
    )
    (row,) = family.series
    for text, read in (
        (rendered([family], openmetrics=False), text_string_to_metric_families),
        (rendered([family], openmetrics=True) + "# EOF\n", openmetrics_families),
    ):
        (found,) = read(text)
        assert [(s.labels["text"], repr(s.value)) for s in found.samples] == [(row.labels[0], repr(value))]
    assert msgspec.msgpack.decode(msgspec.msgpack.encode([family]), type=list[Family])


def test_metrics_are_served_by_wsgi() -> None:
    answers: list[tuple[str, dict[str, str]]] = []

    def start_response(status: str, headers: list[tuple[str, str]]) -> Any:
        answers.append((status, dict(headers)))

    environ = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT": OPENMETRICS, "HTTP_ACCEPT_ENCODING": "gzip"}
    body = b"".join(metrics.wsgi_app()(environ, start_response))
    assert answers[0][0] == "200 OK"
    assert gzip.decompress(body).endswith(b"# EOF\n")
    assert answers[0][1]["content-length"] == str(len(body))
