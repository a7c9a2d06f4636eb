"""The SDK's spans arrive at a real platform, as they do at other targets beside it."""

from collections.abc import Iterator

import pytest
from tests.conftest import INGEST_KEY, Platform

import eduscope


@pytest.fixture
def started(platform: Platform) -> Iterator[None]:
    """The SDK, sending to the platform and to a collector that is dead."""
    eduscope.init(
        service="courses", release="1.2", stdout=False, endpoint=platform.url, ingest_key=INGEST_KEY,
        trace_exporters="platform,jaeger", jaeger_endpoint="http://127.0.0.1:9", shutdown_timeout_seconds=0.5,
    )  # fmt: skip
    yield
    eduscope.shutdown()


def test_a_batch_and_its_senders_are_one_story_on_the_platform(platform: Platform, started: None) -> None:
    messages: list[dict[str, str]] = [{}, {}]
    with eduscope.bind(tenant_id="t1") as ids:
        for message in messages:
            with eduscope.tracing.span("grades send", "producer"):
                eduscope.tracing.inject(message)
    with eduscope.tracing.consume_batch(messages, "grades process", messaging_system="redis"):
        trace_id = f"{eduscope.tracing.trace_id():032x}"
        eduscope.get_logger().info("grades stored", count=2)
    eduscope.flush(10)
    trace = platform.reader.get(f"/api/traces/{trace_id}").raise_for_status().json()
    (span,) = trace["spans"]
    assert (span["name"], span["kind"], span["service_name"]) == ("grades process", "consumer", "courses")
    assert {link["trace_id"] for link in span["links"]} == {m["traceparent"].split("-")[1] for m in messages}
    assert span["attributes"]["messaging.batch.message_count"] == 2
    assert [log["message"] for log in trace["logs"]] == ["grades stored"]
    assert trace["correlation_id"] == ids.correlation_id
