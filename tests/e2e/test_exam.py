"""An exam, from signing in to the proctor's decision: one story in the platform, under one correlation id."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import Watched, soon

from edulearn.database.demo import PASSWORD

pytestmark = pytest.mark.slow

REASON = "A second person was in the room."


def sign_in(page: Page, role: str) -> None:
    """Signs in as one of the demo's people, whose address the page offers."""
    page.get_by_test_id(f"demo-{role}").click()
    expect(page.get_by_test_id("password")).to_have_value(PASSWORD)
    page.get_by_test_id("sign-in").click()


def opened(browser: Browser, watched: Watched, view: str) -> Page:
    """A browser of somebody's own, at a view."""
    page = browser.new_context().new_page()
    page.goto(f"{watched.edulearn.url}/#{view}")
    expect(page.get_by_test_id("learner")).not_to_be_empty()
    return page


def of_kind(items: list[dict[str, Any]], kind: str, service: str) -> list[dict[str, Any]]:
    """The logs or spans of a service."""
    return [item for item in items if (item["kind"], item["service_name"]) == (kind, service)]


def test_an_exam_is_one_story_from_signing_in_to_the_decision(browser: Browser, watched: Watched) -> None:
    learner = opened(browser, watched, "/exams")
    learner.get_by_test_id("to-sign-in").click()
    sign_in(learner, "learner.1")
    learner.get_by_test_id("begin-exam").first.click()
    expect(learner.get_by_test_id("clock")).to_contain_text("left")
    learner.evaluate("dispatchEvent(new Event('blur'))")
    expect(learner.get_by_test_id("event-count")).to_have_text("1")
    learner.get_by_test_id("simulate-second_voice").click()
    expect(learner.get_by_test_id("event-count")).to_have_text("2")
    code = learner.get_by_test_id("support-code").inner_text()

    proctor = opened(browser, watched, "/sign-in/proctor")
    sign_in(proctor, "proctor")
    proctor.get_by_test_id("exam-session").first.get_by_role("link").click()
    expect(proctor.get_by_test_id("event")).to_have_count(2)
    proctor.locator('input[value="terminated"]').check()
    proctor.get_by_test_id("reason").fill(REASON)
    proctor.get_by_test_id("decide").click()
    expect(proctor.get_by_test_id("decision")).to_contain_text("terminated")
    assert proctor.get_by_test_id("support-code").inner_text() == code
    expect(learner.get_by_test_id("exam-status")).to_contain_text(REASON)
    for page in (learner, proctor):
        page.context.close()

    def look() -> list[dict[str, Any]]:
        answer = watched.platform.reader.get(f"/api/correlations/{code}")
        items: list[dict[str, Any]] = answer.json()["items"] if answer.status_code == 200 else []
        said = {item.get("message") for item in items}
        pages = {item.get("name") for item in of_kind(items, "span", "edulearn-web")}
        whole = {"sign-in", "exam begun", "noticed in an exam", "proctor decided"} <= said
        return items if whole and {"sign in", "begin exam", "exam event", "decide"} <= pages else []

    items = soon(look, "the whole exam on one timeline")
    assert {item["correlation_id"] for item in items} == {code}
    logs = of_kind(items, "log", "proctoring")
    noticed = [
        log["attributes"].get("proctoring.event") for log in logs if log["message"] == "noticed in an exam"
    ]
    assert noticed == ["focus_lost", "second_voice"]
    decided = next(log for log in logs if log["message"] == "proctor decided")
    assert decided["attributes"]["proctoring.decision"] == "terminated"
    entered = next(log for log in of_kind(items, "log", "accounts") if log["message"] == "sign-in")
    assert entered["user_id"].startswith("usr_")
    assert decided["user_id"].startswith("usr_")
    assert decided["user_id"] != entered["user_id"]
    assert {"edulearn-web", "gateway", "accounts", "proctoring", "courses"} <= {
        i["service_name"] for i in items
    }
    everything = str(items)
    for private in (PASSWORD, REASON, "@riverside-school", "@hillcrest-school", "@northfield-university"):
        assert private not in everything


def test_a_wrong_password_is_told_and_leaves_no_word_of_it(browser: Browser, watched: Watched) -> None:
    page = opened(browser, watched, "/sign-in/home")
    page.get_by_test_id("email").fill("learner.3@riverside-school.example")
    page.get_by_test_id("password").fill("not-my-password")
    page.get_by_test_id("sign-in").click()
    expect(page.get_by_test_id("sign-in-problem")).to_contain_text("not right")
    code = page.get_by_test_id("support-code").inner_text()
    page.context.close()

    def look() -> list[dict[str, Any]]:
        answer = watched.platform.reader.get(f"/api/correlations/{code}")
        items: list[dict[str, Any]] = answer.json()["items"] if answer.status_code == 200 else []
        return items if any(item.get("message") == "sign-in" for item in items) else []

    items = soon(look, "the try to sign in")
    tried = next(item for item in items if item.get("message") == "sign-in")
    assert (tried["log_level"], tried["attributes"]["outcome"]) == ("warning", "wrong_password")
    assert "not-my-password" not in str(items)
    assert "learner.3" not in str(items)
