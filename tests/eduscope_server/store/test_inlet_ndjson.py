"""What the engine makes of lines of JSON."""

from datetime import UTC, datetime, timedelta

from tests.eduscope_server.store.inlet_blocks import SPAN, TOKEN, TRACE, line, stored
from tests.otlp import NOW

from eduscope_server.store import Store


def test_a_line_fills_every_column(clean_store: Store) -> None:
    row = stored(
        clean_store,
        "ndjson",
        line(
            log_level="error",
            correlation_id="checkout-12345",
            tenant_id="school-a",
            user_id=TOKEN,
            request_id="request-12345",
            duration_ms=12.5,
            message='Quiz "graded" é\n',
            environment="production",
            release="1.4.2",
            trace_id=TRACE.hex(),
            span_id=SPAN.hex(),
            **{"http.route": "/courses/{id}", "http.response.status_code": 200, "exception.escaped": True},
        ),
    )
    assert abs(row.pop("received_at") - datetime.now(UTC)) < timedelta(seconds=10)
    assert row == {
        "timestamp": NOW,
        "log_level": "error",
        "service_name": "courses",
        "correlation_id": "checkout-12345",
        "tenant_id": "school-a",
        "user_id": TOKEN,
        "request_id": "request-12345",
        "duration_ms": 12.5,
        "message": 'Quiz "graded" é\n',
        "environment": "production",
        "release": "1.4.2",
        "trace_id": TRACE.hex(),
        "span_id": SPAN.hex(),
        "attributes": {"http.route": "/courses/{id}", "exception.escaped": "true"},
        "measures": {"http.response.status_code": 200.0},
        "marks": [],
        "retention": "standard",
    }


def test_each_kind_of_json_value_is_kept_as_text_or_number(clean_store: Store) -> None:
    row = stored(
        clean_store,
        "ndjson",
        line(
            **{
                "http.route": "/courses",
                "http.outcome": "",
                "exception.escaped": True,
                "ai.cache": False,
                "http.response.status_code": 200,
                "count": 0,
                "ai.cost": -2.5e-1,
                "gen_ai.response.finish_reasons": ["stop", "length"],
                "error.message": {"code": "E1"},
                "error.type": None,
            }
        ),
    )
    assert row["attributes"] == {
        "http.route": "/courses",
        "exception.escaped": "true",
        "ai.cache": "false",
        "gen_ai.response.finish_reasons": '["stop","length"]',
        "error.message": '{"code":"E1"}',
    }
    assert row["measures"] == {"http.response.status_code": 200.0, "count": 0.0, "ai.cost": -0.25}


def test_an_unknown_level_of_a_line_is_info(clean_store: Store) -> None:
    assert stored(clean_store, "ndjson", line(log_level="LOUD"))["log_level"] == "info"


def test_trace_ids_of_a_line_must_be_hex(clean_store: Store) -> None:
    row = stored(clean_store, "ndjson", line(trace_id="Z" * 32, span_id="1234"))
    assert (row["trace_id"], row["span_id"]) == ("", "")
