"""A detector that fails at the door: what it should have looked at is withheld and counted, and the rest is kept."""

import json
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from tests.otlp import any_value, log_request

from eduscope.metrics.sdk import sdk_counters
from eduscope.privacy import redact
from eduscope.privacy.detector import Detector
from eduscope.privacy.failures import failures
from eduscope_server.ingest.metrics import IngestMetrics
from eduscope_server.ingest.otlp import LOGS
from eduscope_server.store import Store

BROKEN = "called +49 151 23456789 and mailed amy.winter@school.example"


@pytest.fixture
def broken_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one for e-mail addresses raises."""
    ranges = Detector.ranges

    def failing(self: Detector, *given: Any) -> Any:
        if self.type == "EMAIL":
            raise RuntimeError("a detector with a bug")
        return ranges(self, *given)

    monkeypatch.setattr(Detector, "ranges", failing)


@pytest.mark.usefixtures("broken_detector")
def test_what_a_broken_detector_should_see_is_withheld_and_counted(clean_store: Store) -> None:
    before = failures.counts.get("RuntimeError", 0)
    fields = {
        "outcome": f"{BROKEN} 1",
        "exception.message": f"{BROKEN} 2",
        "url.path": f"/{BROKEN}",
        "count": 3,
    }
    block = log_request(fields | {"amy.winter@school.example": "x"}, body=any_value(BROKEN))
    clean_store.insert(LOGS.rows_inlet, b"\n".join(LOGS.rows(block, None, None)))
    (row,) = clean_store.select("SELECT message, attributes, measures FROM eduscope.logs")
    assert row["message"] == row["attributes"]["outcome"] == "[withheld]"
    assert row["attributes"]["exception.message"] == "[withheld]"
    assert row["attributes"]["url.path"] == "/{id}"
    assert row["measures"] == {"count": 3}
    assert "amy" not in json.dumps(row)
    assert failures.counts["RuntimeError"] - before >= 3


@pytest.mark.usefixtures("broken_detector")
def test_withheld_texts_are_metrics_of_the_platform_and_of_a_service() -> None:
    registry = CollectorRegistry()
    IngestMetrics(registry)
    name, labels = "eduscope_privacy_withheld_texts_total", {"error_type": "RuntimeError"}
    before = registry.get_sample_value(name, labels) or 0
    redact(BROKEN)
    assert registry.get_sample_value(name, labels) == before + 1
    (rows,) = [rows for known, _, _, rows in sdk_counters() if f"{known}_total" == name]
    assert (("RuntimeError",), before + 1) in rows


@pytest.mark.usefixtures("broken_detector")
def test_a_text_without_its_sign_is_kept(clean_store: Store) -> None:
    block = log_request(body=any_value("quiz 12 graded"))
    clean_store.insert(LOGS.rows_inlet, b"\n".join(LOGS.rows(block, None, None)))
    assert clean_store.select("SELECT message FROM eduscope.logs") == [{"message": "quiz 12 graded"}]
