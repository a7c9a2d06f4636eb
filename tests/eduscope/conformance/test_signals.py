"""What a service records besides its requests: queries, model calls, numbers."""

import re
from typing import Any

from tests.eduscope.conformance import school
from tests.eduscope.conformance.service import CALLED_WITH, CORRELATION, Service

from eduscope.testing import Captured


def sample(service: Service, name: str, **labels: str) -> float:
    """A number of `/metrics`, whatever other labels it has; 0 where it is not there."""
    found = 0.0
    for line in service.get("/metrics/" if service.name == "fastapi" else "/metrics").text.splitlines():
        if re.match(rf"{name}[{{ ]", line) and all(
            f'{key}="{value}"' in line for key, value in labels.items()
        ):
            found += float(re.sub(r" #.*", "", line).rpartition(" ")[2])
    return found


def test_a_query_is_a_span_of_the_request(service: Service, seen: Captured) -> None:
    service.get("/courses/7", CALLED_WITH)
    by_kind: dict[str, Any] = {span.kind.name: span for span in seen.spans}
    query = by_kind["CLIENT"]
    assert query.attributes["db.system.name"] == "sqlite"
    assert query.attributes["correlation_id"] == CORRELATION
    assert query.parent.span_id == by_kind["SERVER"].context.span_id
    assert "Algebra" not in query.to_json()


def test_a_model_call_is_one_line_of_the_request(service: Service, seen: Captured) -> None:
    service.post("/ask/7", headers=CALLED_WITH, content=b"x")
    (line,) = [line for line in seen.lines if line["message"] == "model answered"]
    expected = {
        "correlation_id": CORRELATION,
        "ai.model_version": school.MODEL_VERSION,
        "ai.tokens_used": 7,
    }
    assert {name: line[name] for name in expected} == expected
    assert line["ai.latency_ms"] >= 0


def test_requests_are_counted_by_route(service: Service, seen: Captured) -> None:
    labels = {
        "http_request_method": "GET",
        "http_route": "/courses/{course}",
        "http_response_status_class": "2xx",
    }
    before = sample(service, "http_server_request_duration_seconds_count", **labels)
    service.get("/courses/7")
    service.get("/courses/8")
    assert sample(service, "http_server_request_duration_seconds_count", **labels) == before + 2


def test_calls_queries_and_model_calls_are_counted(service: Service, seen: Captured) -> None:
    service.get("/courses/7")
    service.post("/ask/7", content=b"x")
    assert sample(service, "http_client_request_duration_seconds_count", server_address="accounts") > 0
    assert sample(service, "db_client_operation_duration_seconds_count") > 0
    assert sample(service, "gen_ai_client_operation_duration_seconds_count") > 0
