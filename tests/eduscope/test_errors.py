import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from opentelemetry import trace
from tests.eduscope.sentry_sink import SentrySink

import eduscope
from eduscope.counters import Counters
from eduscope.privacy import tokenize
from eduscope.testing import Captured

CANARY = "canary.pupil@school.example"
"""A learner's address; it is put wherever data can hide and must reach no sink."""


@pytest.fixture
def sink() -> Iterator[SentrySink]:
    """A Sentry on loopback, and the process' sentry_sdk turned off after."""
    server = SentrySink()
    eduscope.errors._Second.began = 0  # the test before may have used up this second's events
    yield server
    sentry_sdk.get_client().close(timeout=0.5)
    sentry_sdk.get_global_scope().set_client(None)
    sentry_sdk.get_isolation_scope().clear()
    sentry_sdk.get_current_scope().clear()
    server.close()


def start(sink: SentrySink, **options: Any) -> None:
    """A host's own start of sentry_sdk, as generous with data as it can be."""
    generous: dict[str, Any] = {
        "auto_enabling_integrations": False,
        "_experiments": {"transport_compression_algo": "gzip"},
        "data_collection": {"user_info": True, "stack_frame_variables": True, "database_query_data": True},
        "max_request_body_size": "always",
    }
    sentry_sdk.init(dsn=sink.dsn, **generous | options)
    scope = sentry_sdk.get_isolation_scope()
    scope.set_user({"id": CANARY, "email": CANARY, "username": CANARY, "ip_address": "203.0.113.7"})
    scope.set_tag("pupil", CANARY)
    scope.set_extra("body", {"email": CANARY})
    scope.set_context("profile", {"email": CANARY})
    scope.add_event_processor(with_request)
    sentry_sdk.add_breadcrumb(category="query", message=f"SELECT * FROM pupils WHERE email = '{CANARY}'")
    sentry_sdk.add_breadcrumb(
        category="httplib", data={"url": f"http://mail/{CANARY}?to={CANARY}", "status_code": 200}
    )
    logging.getLogger("host").warning("wrote to %s", CANARY)


def with_request(event: Any, hint: Any) -> Any:
    """What Sentry's integrations of web frameworks add to an event."""
    return {**event, "request": REQUEST}


REQUEST = {
    "method": "POST",
    "url": f"https://learn.example/users/{CANARY}?email={CANARY}",
    "query_string": f"email={CANARY}",
    "data": {"email": CANARY},
    "headers": {"X-Pupil": CANARY, "Authorization": "Bearer " + CANARY},
    "cookies": {"session": CANARY},
    "env": {"REMOTE_ADDR": "203.0.113.7"},
}


def fail() -> Exception:
    """An exception whose words, cause and frames' local values all hold the canary."""
    pupil = CANARY
    try:
        try:
            raise KeyError(pupil)
        except KeyError as cause:
            raise ValueError(f"no grade for {pupil}") from cause
    except ValueError as error:
        return error


def test_a_report_is_one_line_and_one_event_without_what_must_not_be_told(
    sink: SentrySink, seen: Captured
) -> None:
    start(sink)
    with (
        eduscope.bind(tenant_id="t1", user_id=CANARY, correlation_id="c" * 16),
        eduscope.tracing.span("work"),
    ):
        eduscope.errors.report(fail(), nickname=CANARY, **{"course.id": "c-101"})
    (event,) = sink.wait_for("event")
    assert CANARY.encode() not in b"".join(sink.bodies)
    assert b"203.0.113.7" not in b"".join(sink.bodies)
    cause, raised = event["exception"]["values"]
    assert (cause["type"], raised["type"], raised["value"]) == (
        "KeyError",
        "ValueError",
        "no grade for [EMAIL]",
    )
    assert raised["stacktrace"]["frames"][-1]["function"] == "fail"
    assert not any("vars" in frame or "context_line" in frame for frame in raised["stacktrace"]["frames"])
    (line,) = seen.lines
    assert event["tags"]["correlation_id"] == line["correlation_id"] == "c" * 16
    assert (event["tags"]["tenant_id"], event["tags"]["trace_id"]) == ("t1", line["trace_id"])
    assert event["contexts"]["trace"]["span_id"] == line["span_id"]
    assert event["user"] == {"id": tokenize(CANARY)}
    assert event["contexts"]["eduscope"]["course.id"] == line["course.id"] == "c-101"
    assert event["contexts"]["eduscope"]["nickname"].startswith("und_")
    assert (line["log_level"], line["exception.message"]) == ("error", "no grade for [EMAIL]")
    assert not ({"request", "breadcrumbs", "extra"} & set(event))


@pytest.mark.usefixtures("stopped")
def test_what_the_host_captures_by_itself_is_redacted_too(sink: SentrySink) -> None:
    eduscope.init(service="courses", environment="staging", release="7.1", stdout=False)
    start(
        sink, traces_sample_rate=1.0, **eduscope.errors.sentry_options() | {"include_local_variables": True}
    )
    with eduscope.bind(tenant_id="t1", correlation_id="c" * 16), eduscope.tracing.span("work"):
        trace_id = f"{trace.get_current_span().get_span_context().trace_id:032x}"
        sentry_sdk.capture_exception(fail())
        sentry_sdk.capture_message(f"wrote to {CANARY}")
        logging.getLogger("host").error("lost %s", CANARY, extra={"email": CANARY})
    with (
        sentry_sdk.start_transaction(name=f"GET /users/{CANARY}", op="http.server"),
        sentry_sdk.start_span(op="db", name=f"SELECT '{CANARY}'") as span,
    ):
        span.set_data("db.params", [CANARY])
    failure, message, logged = sink.wait_for("event", 3)
    (transaction,) = sink.wait_for("transaction")
    everything = b"".join(sink.bodies)
    assert CANARY.encode() not in everything
    assert b"203.0.113.7" not in everything
    assert failure["exception"]["values"][-1]["value"] == "no grade for [EMAIL]"
    assert failure["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "fail"
    assert failure["request"] == {"method": "POST", "url": "https://learn.example/users/{id}"}
    assert failure["user"] == {"id": tokenize(CANARY)}
    assert failure["tags"]["tenant_id"] == "t1"
    assert (failure["tags"]["correlation_id"], failure["tags"]["trace_id"]) == ("c" * 16, trace_id)
    assert (failure["release"], failure["environment"]) == ("7.1", "staging")
    crumbs = {crumb["category"]: crumb for crumb in failure["breadcrumbs"]["values"]}
    assert crumbs["query"]["message"] == "SELECT"
    assert crumbs["httplib"]["data"]["http.response.status_code"] == 200
    assert crumbs["host"]["message"] == "wrote to [EMAIL]"
    assert message["message"] == "wrote to [EMAIL]"
    assert logged["logentry"]["message"] == "lost %s"
    assert [span["description"] for span in transaction["spans"]] == ["SELECT"]


def test_the_monitor_gets_an_exception_once(sink: SentrySink, seen: Captured) -> None:
    start(sink, **eduscope.errors.sentry_options())
    error = fail()
    eduscope.errors.report(error)
    eduscope.errors.report(error)
    sentry_sdk.capture_exception(error)
    sentry_sdk.capture_message("the last one")
    assert [event.get("message") for event in sink.wait_for("event", 2)] == [None, "the last one"]
    assert len(seen.lines) == 2


def test_errors_that_the_host_ignores_are_not_sent(sink: SentrySink, seen: Captured) -> None:
    start(sink, ignore_errors=[ValueError])
    eduscope.errors.report(fail())
    eduscope.errors.report(TypeError("sent"))
    assert [e["exception"]["values"][0]["type"] for e in sink.wait_for("event")] == ["TypeError"]


def test_a_storm_of_errors_does_not_become_one_of_events(sink: SentrySink, seen: Captured) -> None:
    start(sink)
    for _ in range(100):
        eduscope.errors.report(fail())
    assert len(seen.lines) == 100
    assert eduscope.errors.EVENTS_PER_SECOND_MAX <= len(sink.wait_for("event", 20)) <= 60


def test_a_group_tells_of_its_members(sink: SentrySink, seen: Captured) -> None:
    start(sink)
    eduscope.errors.report(ExceptionGroup("several", [fail(), TypeError("other")]))
    (event,) = sink.wait_for("event")
    assert {value["type"] for value in event["exception"]["values"]} == {
        "ExceptionGroup",
        "ValueError",
        "TypeError",
    }


class Awkward(Exception):
    """An exception that cannot be told of, nor marked."""

    __slots__ = ()

    def __str__(self) -> str:
        raise RuntimeError("no words")


def test_reporting_never_raises(sink: SentrySink, seen: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    start(sink)
    eduscope.errors.report(Awkward(), user_id=object(), exc_info=3)
    assert sink.wait_for("event")[0]["exception"]["values"][0]["type"] == "Awkward"
    monkeypatch.setattr(sentry_sdk, "get_client", lambda: 1 / 0)
    eduscope.errors.report(ValueError("twice as bad"))
    assert len(seen.lines) == 2


def test_words_that_quote_a_prompt_are_withheld() -> None:
    value = {"module": "openai", "type": "BadRequestError", "value": "cannot answer: why is Ilse so sad?"}
    sent = eduscope.errors.before_send({"exception": {"values": [value]}}, {})
    assert sent is not None
    assert "Ilse" not in str(sent)


def test_names_of_requests_are_templates() -> None:
    spans = [{"op": "http.client", "description": "GET https://mail/users/4711?name=Ilse"}]
    sent = eduscope.errors.before_send({"transaction": "GET /users/4711/grades", "spans": spans}, {})
    assert sent is not None
    assert sent["transaction"] == "GET /users/{id}/grades"
    assert sent["spans"][0]["description"] == "GET https://mail/users/{id}"


@pytest.mark.parametrize("event", [{"breadcrumbs": 3}, {"request": [CANARY], "event_id": "e1"}, {"user": 7}])
def test_an_event_that_cannot_be_checked_is_withheld(event: dict[str, Any], fresh_counters: Counters) -> None:
    sent = eduscope.errors.before_send(event, {})
    assert sent is not None
    assert (CANARY in str(sent), sent["message"]) == (
        False,
        "an event that could not be checked was withheld",
    )
    assert fresh_counters.failures["sentry"] == 1
    assert eduscope.errors.before_breadcrumb({"data": 1, "message": "x", "category": {}}) is not None


def test_without_sentry_it_is_a_line(seen: Captured) -> None:
    eduscope.errors.report(ValueError(f"no grade for {CANARY}"), **{"course.id": "c-101"})
    assert seen.lines[0]["exception.message"] == "no grade for [EMAIL]"
