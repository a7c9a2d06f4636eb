import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import posthog
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from posthog.consumer import Consumer
from posthog.version import VERSION
from tests.eduscope.posthog_sink import PostHogSink

import eduscope
from eduscope import consent, events
from eduscope.consent import Consent
from eduscope.contract import Field, FieldClass
from eduscope.contract.events import EVENT_TYPES, event_type
from eduscope.counters import Counters
from eduscope.privacy import tokenize
from eduscope.testing import Captured

CANARY = "canary.pupil@school.example"
logging.getLogger("posthog").setLevel(logging.CRITICAL)  # some tests have no server that answers

CHILD = Consent(given=True, under_13=True)


@pytest.fixture
def sink() -> Iterator[PostHogSink]:
    """A PostHog on loopback."""
    server = PostHogSink()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def nobody_asked() -> Iterator[None]:
    """After every test: no source of consent, the SDK stopped, and nothing left that still tries to send."""
    yield
    eduscope.shutdown()
    consent.use_source(None)
    # The SDK waits for them as long as it was told; what they fail on later would count in another test.
    left = [thread for thread in threading.enumerate() if isinstance(thread, Consumer)]
    for thread in left:
        thread.pause()  # type: ignore[no-untyped-call]
    for thread in left:
        thread.join(20)
        assert not thread.is_alive(), "a thread of posthog did not end within 20 s"


def start(sink: PostHogSink, **options: Any) -> None:
    """Starts the SDK with events going to the sink."""
    defaults: dict[str, Any] = {
        "environment": "staging",
        "release": "7.1",
        "stdout": False,
        "export_interval_seconds": 0.05,
    }
    eduscope.init(service="tutor", events_endpoint=sink.url, events_key="phc_1", **(defaults | options))


def counted(event: str, result: str) -> float:
    """How often something became of an event."""
    return events._counted.series.get((event, result), [0])[0]


def test_an_event_reaches_posthog_as_the_persons_token(sink: PostHogSink) -> None:
    start(sink)
    with eduscope.bind(
        tenant_id="t1", user_id=CANARY, correlation_id="c" * 16, consent=True, session_id="session-1"
    ):
        eduscope.events.ai_tutor_invoked(
            model="tutor", model_version="2026-11", course_id="c-101", input_size=120, tokens_used=35
        )
    (event,) = sink.wait_for(1)
    assert (event["event"], event["distinct_id"]) == ("ai_tutor_invoked", tokenize(CANARY))
    assert event["properties"] == {
        "ai.model": "tutor", "ai.model_version": "2026-11", "ai.outcome": "ok", "ai.input_size": 120,
        "ai.tokens_used": 35, "course.id": "c-101", "correlation_id": "c" * 16, "session.id": "session-1",
        "$session_id": "session-1", "service_name": "tutor", "environment": "staging", "release": "7.1",
        "$groups": {"tenant": "t1"}, "$process_person_profile": True, "$geoip_disable": True, "$ip": "0.0.0.0",
        "$lib": "posthog-python", "$lib_version": VERSION,
    }  # fmt: skip
    assert (set(sink.paths), set(sink.encodings)) == ({"/batch/"}, {"gzip"})


def test_properties_are_kept_by_their_class(sink: PostHogSink) -> None:
    start(sink)
    with eduscope.bind(user_id="anna", consent=True):
        eduscope.events.model_feedback(
            model="tutor", rating=2, helpful=False, reason="too long", text=f"I, {CANARY}, disliked it",
            nickname="Anni", attempts=3, student_id="s-1",
        )  # fmt: skip
        eduscope.events.recommendation_served(model="shelf", kind="lesson", position=1, score=0.9)
    feedback, served = (event["properties"] for event in sink.wait_for(2))
    assert (feedback["feedback.rating"], feedback["feedback.helpful"]) == (2, False)
    assert (feedback["feedback.reason"], feedback["feedback.text"]) == ("too long", "[withheld:prose]")
    assert (feedback["nickname"], feedback["attempts"]) == (tokenize("Anni", kind="und"), 3)
    assert feedback["student_id"] == tokenize("s-1")
    assert (served["recommendation.kind"], served["recommendation.score"]) == ("lesson", 0.9)
    assert CANARY.encode() not in b"".join(sink.bodies)


def test_without_consent_nothing_is_sent_or_written(
    sink: PostHogSink, capfd: pytest.CaptureFixture[str]
) -> None:
    start(sink, stdout=True)
    before = counted("quiz_opened", "no_consent")
    with eduscope.bind(user_id="anna"):
        eduscope.events.capture("quiz_opened")
        with eduscope.bind(consent=False):
            eduscope.events.capture("quiz_opened")
        with eduscope.bind(consent="yes, of course"):
            eduscope.events.capture("quiz_opened")
    assert eduscope.flush(5)
    assert (sink.events, capfd.readouterr().out) == ([], "")
    assert counted("quiz_opened", "no_consent") == before + 3


def test_consent_is_of_one_person(seen: Captured) -> None:
    with eduscope.bind(user_id="anna", consent=True):
        eduscope.events.capture("by_a_member")
        with eduscope.bind(user_id="ben"):
            eduscope.events.capture("by_one_who_refused")
        with eduscope.bind(tenant_id="t1"):
            eduscope.events.capture("by_a_member_at_t1")
    with eduscope.bind(consent=True), eduscope.bind(user_id="eve"):
        eduscope.events.capture("by_one_unknown")
    eduscope.events.capture("by_nobody")
    assert [line["event.name"] for line in seen.lines] == [
        "by_a_member",
        "by_a_member_at_t1",
        "by_one_unknown",
    ]


def test_of_a_child_no_more_is_sent_than_numbers_and_labels(
    sink: PostHogSink, capfd: pytest.CaptureFixture[str]
) -> None:
    start(sink, stdout=True)
    properties = {"course.id": "c-101", "student_number": 4711, "nickname": "Anni", "count": 2}
    with (
        eduscope.bind(tenant_id="t1", user_id="anna", correlation_id="c" * 16, session_id="session-1"),
        eduscope.bind(consent=CHILD),
    ):
        eduscope.events.capture("quiz_opened", **properties)
        eduscope.events.ai_tutor_invoked(model="tutor", lesson_id="l-1")
        with eduscope.bind(session_id="session-2"):
            eduscope.events.capture("quiz_opened", **properties)
    first, second, elsewhere = sink.wait_for(3)
    common = {
        "service_name": "tutor", "environment": "staging", "release": "7.1", "$groups": {"tenant": "t1"},
        "$process_person_profile": False, "$geoip_disable": True, "$ip": "0.0.0.0",
        "$lib": "posthog-python", "$lib_version": VERSION,
    }  # fmt: skip
    assert first["properties"] == common | {"count": 2}
    assert second["properties"] == common | {
        "ai.model": "tutor", "ai.model_version": "tutor", "ai.outcome": "ok"
    }  # fmt: skip
    assert first["distinct_id"] == second["distinct_id"] != elsewhere["distinct_id"]
    everything = b"".join(sink.bodies)
    for trace in (tokenize("anna"), "session-1", "c" * 16, "c-101", "Anni"):
        assert trace.encode() not in everything
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [line["user_id"] for line in lines if line["message"] == "product event"] == ["", "", ""]


def test_who_is_not_signed_in_has_no_profile(sink: PostHogSink) -> None:
    start(sink, events_consent="given")
    with eduscope.bind(correlation_id="c" * 16):
        eduscope.events.capture("page_read")
    (event,) = sink.wait_for(1)
    assert event["properties"]["$process_person_profile"] is False
    assert event["distinct_id"].startswith("anon_")
    assert event["properties"]["correlation_id"] == "c" * 16


def test_the_host_can_be_asked_for_consent(sink: PostHogSink, fresh_counters: Counters) -> None:
    known = {tokenize("anna"): True, tokenize("ben"): False, tokenize("eve"): CHILD}
    start(sink, consent=lambda ids: known.get(ids.user_id, 1 / 0 if ids.user_id == tokenize("zoe") else None))
    for person in ("anna", "ben", "eve", "zoe", "unknown"):
        with eduscope.bind(user_id=person):
            eduscope.events.capture("quiz_opened")
    with eduscope.bind(user_id="anna", consent=False):
        eduscope.events.capture("quiz_opened")
    assert eduscope.flush(5)
    assert [event["properties"]["$process_person_profile"] for event in sink.wait_for(2)] == [
        True,
        False,
    ]
    assert fresh_counters.failures["consent"] >= 1


def test_without_an_address_events_are_lines(capfd: pytest.CaptureFixture[str]) -> None:
    eduscope.init(service="tutor", environment="staging")
    before = counted("recommendation_served", "logged")
    with eduscope.bind(user_id="anna", consent=True):
        eduscope.events.recommendation_served(model="shelf", kind="lesson", recommendation_id="r-1")
    line = json.loads(capfd.readouterr().out)
    assert (line["message"], line["event.name"]) == ("product event", "recommendation_served")
    assert (line["recommendation.id"], line["user_id"]) == ("r-1", tokenize("anna"))
    assert counted("recommendation_served", "logged") == before + 1


def test_a_host_declares_its_own_events(seen: Captured) -> None:
    genre = Field("essay.genre", FieldClass.LABEL, "string", "What kind of essay")
    own = Field("essay.own_words", FieldClass.PROSE, "string", "Its first sentence")
    events.declare(event_type("essay_handed_in", "An essay was handed in.", "course.id", genre, own))
    with eduscope.bind(user_id="anna", consent=True):
        eduscope.events.capture(
            "essay_handed_in", **{"essay.genre": "fable", "essay.own_words": "I am Anna", "course.id": "c-1"}
        )
    (line,) = seen.lines
    assert (line["essay.genre"], line["essay.own_words"]) == ("fable", "[withheld:prose]")


@pytest.mark.parametrize("name", ["Anna opened a quiz", CANARY, "", "x" * 200, None, 3])
def test_a_name_that_is_none_is_not_sent(seen: Captured, name: Any) -> None:
    with eduscope.bind(user_id="anna", consent=True):
        eduscope.events.capture(name, event=CANARY, properties={"a": CANARY}, x=float("nan"))
    (line,) = seen.lines
    assert line["event.name"] == "unnamed_event"
    assert CANARY not in seen.raw[0].decode()


class Odd:
    """A value that cannot be told."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.builds(Odd),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
NAMES = st.text(max_size=20) | st.sampled_from(
    ["user_id", "exc_info", "duration_ms", "count", "$ip", "course.id"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(properties=st.dictionaries(NAMES, ODD, max_size=8), child=st.booleans())
def test_whatever_is_given_is_one_json_line(
    seen: Captured, fresh_counters: Counters, properties: dict[str, Any], child: bool
) -> None:
    seen.clear()
    with eduscope.bind(user_id="anna", consent=CHILD if child else True):
        eduscope.events.capture("odd_one", **properties)
    (line,) = seen.lines
    assert line["event.name"] == "odd_one"
    assert not fresh_counters.failures


def test_what_others_add_to_posthogs_context_is_not_sent(sink: PostHogSink) -> None:
    start(sink)
    with posthog.new_context(), eduscope.bind(user_id="anna", consent=True):
        posthog.tag("email", CANARY)
        posthog.set_context_session(CANARY)
        eduscope.events.capture("quiz_opened")
    assert set(sink.wait_for(1)[0]["properties"]) <= {
        "$geoip_disable", "$ip", "$lib", "$lib_version", "$process_person_profile", "environment",
        "service_name", "release", "correlation_id",
    }  # fmt: skip
    assert CANARY.encode() not in sink.bodies[0]


@pytest.mark.parametrize(("status", "after_seconds"), [(503, 0.0), (200, 3.0), (0, 0.0)])
def test_a_slow_or_dead_posthog_never_blocks_the_host(
    sink: PostHogSink, status: int, after_seconds: float
) -> None:
    sink.status, sink.after_seconds = status or 200, after_seconds
    if status == 0:
        sink.close()
    start(sink, export_timeout_seconds=10, shutdown_timeout_seconds=0.5, export_interval_seconds=0.01)
    slowest = 0.0
    with eduscope.bind(user_id="anna", consent=True):
        for _ in range(3000):
            started = time.perf_counter()
            eduscope.events.capture("quiz_opened")
            slowest = max(slowest, time.perf_counter() - started)
    assert slowest < 2  # the answer takes 3 s; a collection of the tests' own garbage half a second
    started = time.monotonic()
    eduscope.shutdown()
    assert time.monotonic() - started < 2


def test_what_is_queued_is_sent_at_the_end(sink: PostHogSink) -> None:
    start(sink, export_interval_seconds=30)
    with eduscope.bind(user_id="anna", consent=True):
        eduscope.events.capture("quiz_opened")
    eduscope.shutdown()
    assert len(sink.events) == 1


PROGRAM = """
import eduscope
eduscope.init(service="job", export_interval_seconds=30)
with eduscope.bind(user_id="anna", consent=True):
    for _ in range(50):
        eduscope.events.capture("quiz_opened")
"""


def test_a_program_that_just_ends_loses_nothing(sink: PostHogSink) -> None:
    environ = {**os.environ, "EDUSCOPE_EVENTS_ENDPOINT": sink.url, "EDUSCOPE_EVENTS_KEY": "phc_1"}
    run = subprocess.run([sys.executable, "-c", PROGRAM], env=environ, capture_output=True, check=True)
    assert (run.stderr, len(sink.events)) == (b"", 50)


FORKING = """
import os, eduscope
eduscope.init(service="job", export_interval_seconds=0.05, stdout=False)
child = os.fork()
with eduscope.bind(user_id="anna", consent=True):
    eduscope.events.capture("by_child" if child == 0 else "by_parent")
eduscope.shutdown()
if child:
    os.waitpid(child, 0)
else:
    os._exit(0)
"""


def test_forked_workers_send_their_own(sink: PostHogSink) -> None:
    environ = {**os.environ, "EDUSCOPE_EVENTS_ENDPOINT": sink.url, "EDUSCOPE_EVENTS_KEY": "phc_1"}
    subprocess.run([sys.executable, "-c", FORKING], env=environ, check=True, timeout=30)
    assert sorted(event["event"] for event in sink.events) == ["by_child", "by_parent"]


def test_an_address_needs_a_key() -> None:
    with pytest.raises(eduscope.ConfigurationError, match="events_key"):
        eduscope.init(service="tutor", events_endpoint="http://127.0.0.1:9")


def test_every_declared_event_has_a_function() -> None:
    assert all(hasattr(eduscope.events, name) for name in EVENT_TYPES)


def test_what_is_queued_is_sent_at_the_end_where_no_thread_starts_any_more(
    sink: PostHogSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in Python 3.12, once the main thread has ended."""
    start(sink, export_interval_seconds=30)
    with eduscope.bind(user_id="anna", consent=True):
        eduscope.events.capture("quiz_opened")

    start_any = threading.Thread.start

    def refuse(self: threading.Thread) -> None:
        if self.name.startswith("eduscope"):
            raise RuntimeError("can't create new thread at interpreter shutdown")
        start_any(self)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    eduscope.shutdown()
    assert len(sink.events) == 1
