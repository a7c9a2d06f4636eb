import pytest
from opentelemetry.trace import SpanKind

import eduscope
from eduscope.testing import Captured


def test_a_call_is_one_line_and_one_span(seen: Captured) -> None:
    with eduscope.inference(
        model="tutor", model_version="2026-11", provider="edulearn", input_size=120
    ) as call:
        call.first_token()
        call.tokens(input=10, output=20)
        call.tokens(output=5)
        call.cache_hit()
    (line,), span = seen.lines, seen.span("chat tutor")
    expected = {
        "ai.model": "tutor", "ai.model_version": "2026-11", "ai.input_size": 120, "ai.tokens_used": 35,
        "ai.cache_hits": 1, "ai.cache": "hit", "ai.outcome": "ok", "gen_ai.provider.name": "edulearn",
        "gen_ai.operation.name": "chat", "gen_ai.request.model": "tutor", "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 25, "ai.latency_ms": line["duration_ms"],
    }  # fmt: skip
    assert {name: line[name] for name in expected} == expected
    assert span.attributes is not None
    assert {name: span.attributes[name] for name in expected} == expected
    assert span.kind is SpanKind.CLIENT
    assert line["ai.latency_ms"] > 0
    assert line["trace_id"]


def test_a_failure_is_recorded_sanitised_and_goes_on(seen: Captured) -> None:
    call = eduscope.inference(model="tutor")
    with pytest.raises(TimeoutError), call:
        raise TimeoutError("no answer for anna@school.example")
    (line,) = seen.lines
    assert (line["log_level"], line["ai.outcome"]) == ("error", "timeout")
    assert line["exception.message"] == "no answer for [EMAIL]"
    assert seen.span("chat tutor").status.description == "no answer for [EMAIL]"


def test_it_works_where_tracing_is_off() -> None:
    with eduscope.inference(model="tutor") as call:
        call.cache_miss()
