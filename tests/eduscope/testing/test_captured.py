"""The assertions: what passes, what fails, and what the failure says."""

import re

import pytest

import eduscope
from eduscope.counters import counters
from eduscope.privacy import is_token
from eduscope.testing import Captured

log = eduscope.get_logger()


def test_the_one_line(seen: Captured) -> None:
    log.info("quiz graded", course_id="c-101", count=3)
    log.info("quiz graded", course_id="c-102", count=3)
    assert seen.only(course_id="c-101")["count"] == 3
    assert seen.only(**{"course.id": "c-102"})["message"] == "quiz graded"
    with pytest.raises(AssertionError, match=r"2 lines have message='quiz graded'; expected one"):
        seen.only(message="quiz graded")
    with pytest.raises(AssertionError, match=r"0 lines have course\.id='c-103'.*'quiz graded'"):
        seen.only(course_id="c-103")


def test_logged_or_not(seen: Captured) -> None:
    log.warning("cache is stale", count=2)
    assert seen.assert_logged("cache is stale", log_level="warning", count=2)["environment"] == "development"
    seen.assert_not_logged("cache is stale", log_level="error")
    with pytest.raises(AssertionError, match=r"no line has message='cache is gone'"):
        seen.assert_logged("cache is gone")
    with pytest.raises(AssertionError, match=r"1 lines have message='cache is stale'"):
        seen.assert_not_logged("cache is stale")


def test_a_field_that_is_not_there_is_none(seen: Captured) -> None:
    log.info("one", count=None)
    log.info("two", count=2)
    assert [line["message"] for line in seen.find(count=None)] == ["one"]


def test_errors_are_the_lines_with_an_exception(seen: Captured) -> None:
    try:
        raise ValueError("no such quiz")
    except ValueError:
        log.exception("grading failed")
    log.error("without one")
    assert [line["exception.type"] for line in seen.errors] == ["ValueError"]


def test_product_events_as_they_would_be_sent(seen: Captured) -> None:
    eduscope.events.capture("lesson_finished", course_id="c-101")
    assert seen.events == []  # nobody agreed
    with eduscope.bind(tenant_id="north", user_id="ada@example.edu", consent=True):
        eduscope.events.capture("lesson_finished", course_id="c-101", nickname="Ada")
    (event,) = seen.events
    assert (event.event, event.tenant_id, event.properties["course.id"]) == (
        "lesson_finished",
        "north",
        "c-101",
    )
    assert is_token(event.distinct_id)
    seen.only(**{"event.name": "lesson_finished"})
    seen.assert_no_personal_data("ada@example.edu", "Ada")
    event.properties["note"] = "Ada"
    with pytest.raises(AssertionError, match="stands in event 1, note"):
        seen.assert_no_personal_data("Ada")
    seen.clear()
    assert seen.events == []


def test_correlated(seen: Captured) -> None:
    with pytest.raises(AssertionError, match="nothing was recorded"):
        seen.assert_correlated()
    with eduscope.bind(correlation_id="press-0001"):
        log.info("one")
        with eduscope.tracing.span("grade"):
            pass
    assert seen.assert_correlated() == "press-0001"
    eduscope.get_logger("httpx").info("what the test's own client says")
    assert seen.assert_correlated() == "press-0001"
    with eduscope.bind(correlation_id="press-0002"):
        log.info("two")
    with pytest.raises(AssertionError, match="expected one correlation id, got 2"):
        seen.assert_correlated()
    seen.clear()
    log.info("three")
    with pytest.raises(AssertionError, match="the line 'three' bears no correlation id"):
        seen.assert_correlated()


def test_declared(seen: Captured) -> None:
    log.info("one", course_id="c-101", count=1)
    seen.assert_declared()
    log.info("two", favourite_colour_of_kit="green")
    assert seen.undeclared == {"favourite_colour_of_kit"}
    with pytest.raises(AssertionError, match="favourite_colour_of_kit"):
        seen.assert_declared()


def test_personal_data_is_found_and_not_repeated(seen: Captured) -> None:
    person, address = "Ada Lovelace", "ada@example.edu"
    with eduscope.bind(user_id=address):
        log.info(f"mail sent to {address}", course_id="c-101")
    seen.assert_no_personal_data(person, address)
    with eduscope.tracing.span("greet ADA LOVELACE"):
        log.info(f"hello {person}")
    with pytest.raises(AssertionError) as failed:
        seen.assert_no_personal_data(address, person)
    said = str(failed.value)
    assert "text 2 (12 characters) stands in line 2, message" in said
    assert "span 1, name" in said
    assert not re.search("ada", said, re.IGNORECASE)


def test_a_short_name_is_not_found_in_a_drawn_id(seen: Captured) -> None:
    drawn = "0ada" * 8
    with eduscope.bind(correlation_id=drawn):
        log.info("quiz graded")
    seen.assert_no_personal_data("Ada")
    with pytest.raises(AssertionError, match="stands in line 1, correlation_id"):
        seen.assert_no_personal_data(drawn)


def test_what_the_detectors_find_is_personal_data(seen: Captured) -> None:
    log.info("fine")
    seen.raw.append(b'{"message":"write to ada@example.edu","correlation_id":""}\n')
    with pytest.raises(AssertionError, match="EMAIL found in line 2, message"):
        seen.assert_no_personal_data()


def test_an_empty_text_is_no_question(seen: Captured) -> None:
    with pytest.raises(ValueError, match="empty"):
        seen.assert_no_personal_data("")


def test_faults_of_the_sdk_are_seen(seen: Captured) -> None:
    assert seen.failures == {}
    counters.failure("test")
    assert seen.failures == {"test": 1}
