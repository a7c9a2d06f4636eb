"""A real Prometheus scrapes a service: its counts, its histograms, and the traces of its exemplars."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import eduscope
from eduscope import metrics
from eduscope.metrics.port import Port

pytestmark = pytest.mark.skipif(
    shutil.which("prometheus") is None, reason="the Debian package `prometheus` is not installed"
)

CONFIG = """
global: {{scrape_interval: 500ms, scrape_timeout: 400ms}}
scrape_configs: [{{job_name: courses, static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}]
"""
READY_SECONDS = 30


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[httpx.Client]:
    """A Prometheus that scrapes this process."""
    own, served = free_port(), Port("127.0.0.1", free_port())
    config = tmp_path / "prometheus.yml"
    config.write_text(CONFIG.format(port=served.port))
    process = subprocess.Popen(
        [
            "prometheus", f"--config.file={config}", f"--storage.tsdb.path={tmp_path / 'data'}",
            f"--web.listen-address=127.0.0.1:{own}", "--enable-feature=exemplar-storage", "--log.level=error",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    with httpx.Client(base_url=f"http://127.0.0.1:{own}/api/v1") as client:
        yield client
    process.terminate()
    process.wait(20)
    served.close()


def answer(client: httpx.Client, path: str, query: str) -> list[dict[str, Any]]:
    """What Prometheus answers, as soon as it has something."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            window = {"start": str(time.time() - 60), "end": str(time.time())}
            found = client.get(path, params={"query": query, **window}).json()["data"]
        except (httpx.TransportError, ValueError):
            found = []
        rows: list[dict[str, Any]] = found["result"] if isinstance(found, dict) else found
        if rows:
            return rows
        time.sleep(0.1)
    raise AssertionError(f"Prometheus has nothing for {query}")


def test_prometheus_reads_what_a_service_counts(prometheus: httpx.Client, stopped: None) -> None:
    eduscope.init(service="courses", stdout=False)
    seconds = metrics.histogram("tests_scraped_seconds", "Seconds.", ("route",), buckets=(0.1, 1.0))
    with eduscope.tracing.span("grade"):
        trace_id = eduscope.tracing.trace_id()
        seconds.observe(("/courses/{course}",), 0.5, trace_id)
    metrics.counter("tests_scraped", "Scraped.", ("outcome",)).add(("passed",), 3)
    (counted,) = answer(prometheus, "/query", 'tests_scraped_total{outcome="passed"}')
    assert counted["value"][1] == "3"
    (median,) = answer(prometheus, "/query", "histogram_quantile(0.5, tests_scraped_seconds_bucket)")
    assert median["metric"]["route"] == "/courses/{course}"
    assert 0.1 < float(median["value"][1]) <= 1
    (exemplars,) = answer(prometheus, "/query_exemplars", "tests_scraped_seconds_bucket")
    assert exemplars["exemplars"][0]["labels"] == {"trace_id": f"{trace_id:032x}"}
    (up,) = answer(prometheus, "/query", "max_over_time(up[1m])")
    assert up["value"][1] == "1"
