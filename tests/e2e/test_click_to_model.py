"""A click in EduLearn's page, found again in the console: every hop from the browser to the model on one timeline."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import Watched, soon

pytestmark = pytest.mark.slow


def open_edulearn(browser: Browser, watched: Watched, view: str) -> Page:
    """A page of EduLearn, its learner signed in.

    Its profile outlives it, as when a tab is closed: what the page sends on leaving is still on its way then, and
    ends with the profile.
    """
    page = browser.new_context().new_page()
    page.goto(f"{watched.edulearn.url}/#{view}")
    expect(page.get_by_test_id("learner")).not_to_be_empty()
    return page


def timeline(watched: Watched, correlation_id: str, *, services: set[str]) -> list[dict[str, Any]]:
    """The items of a correlation, once all those services are on it and no span waits for its parent."""
    items: list[dict[str, Any]] = []

    def missing() -> str:
        answer = watched.platform.reader.get(f"/api/correlations/{correlation_id}")
        items[:] = answer.json()["items"] if answer.status_code == 200 else []
        spans = [item for item in items if item["kind"] == "span"]
        known = {"", *(s["span_id"] for s in spans)}
        orphans = sorted(
            f"{s['service_name']} {s['name']}" for s in spans if s["parent_span_id"] not in known
        )
        absent = sorted(services - {s["service_name"] for s in spans})
        return f"services {absent}, parents of {orphans}" if absent or orphans else ""

    soon(lambda: not missing(), lambda: f"{missing()} on the timeline of {correlation_id}")
    return items


def path_to(items: list[dict[str, Any]], name: str) -> list[str]:
    """The services on the way from the root of the trace to the first span of that name."""
    spans = {item["span_id"]: item for item in items if item["kind"] == "span"}
    span = next((s for s in spans.values() if s["name"] == name), None)
    assert span is not None, f"no span is named {name}; there are {sorted(s['name'] for s in spans.values())}"
    path: list[str] = []
    while span is not None:
        if path[:1] != [span["service_name"]]:
            path.insert(0, span["service_name"])
        span = spans.get(span["parent_span_id"])
    return path


def expect_in_console(browser: Browser, watched: Watched, correlation_id: str, services: set[str]) -> Page:
    """The console's timeline of the correlation, which shows an item of each service."""
    page = signed_in(browser, watched)
    page.goto(f"{watched.platform.url}/correlations/{correlation_id}")
    for service in services:
        items = page.locator(f'[data-testid="timeline-item"][data-service="{service}"]')
        expect(items.first).to_be_visible()
    return page


_pages: dict[str, Page] = {}


def signed_in(browser: Browser, watched: Watched) -> Page:
    """A page of the console. The link works once, so all tests share its session."""
    if watched.link not in _pages:
        page = browser.new_page()
        page.goto(watched.link)
        page.wait_for_url(f"{watched.platform.url}/**")
        assert "login" not in page.url
        _pages[watched.link] = page
    return _pages[watched.link]


def test_a_question_to_the_tutor_is_followed_to_the_model(browser: Browser, watched: Watched) -> None:
    page = open_edulearn(browser, watched, "/tutor")
    page.get_by_test_id("question").fill("Why does it rain?")
    page.get_by_test_id("ask").click()
    expect(page.get_by_test_id("answer")).to_contain_text("Warm air")
    code = page.get_by_test_id("support-code").inner_text()
    page.close()

    services = {"edulearn-web", "gateway", "tutor", "courses", "model-server"}
    items = timeline(watched, code, services=services)
    assert {item["correlation_id"] for item in items} == {code}
    to_the_model = path_to(items, "retrieval passage-retrieval")
    assert to_the_model == ["edulearn-web", "gateway", "tutor", "model-server"]
    assert path_to(items, "SELECT") == ["edulearn-web", "gateway", "tutor", "courses"]
    assert "Why does it rain" not in str(items)

    console = expect_in_console(browser, watched, code, services)
    query = console.locator('[data-testid="timeline-item"][data-service="courses"]', has_text="SELECT")
    expect(query.first).to_be_visible()


def test_a_quiz_is_followed_through_the_queue_to_its_grade(browser: Browser, watched: Watched) -> None:
    page = open_edulearn(browser, watched, "/quizzes/hillcrest-algebra-quiz")
    for question in range(3):
        page.locator(f'input[name="q{question}"]').first.check()
    page.get_by_test_id("submit-quiz").click()
    expect(page.get_by_test_id("grade")).to_contain_text("of 3 points")
    code = page.get_by_test_id("support-code").inner_text()
    page.close()

    services = {"edulearn-web", "gateway", "courses", "worker", "model-server"}
    items = timeline(watched, code, services=services)
    assert path_to(items, "process grade_submission") == ["edulearn-web", "gateway", "courses", "worker"]
    to_the_model = path_to(items, "recommendation course-recommendation")
    assert to_the_model == ["edulearn-web", "gateway", "courses", "worker", "model-server"]
    expect_in_console(browser, watched, code, services)


def test_each_action_has_a_support_code_of_its_own(browser: Browser, watched: Watched) -> None:
    page = open_edulearn(browser, watched, "/")
    code = page.get_by_test_id("support-code")
    first = code.inner_text()
    page.get_by_test_id("course").first.get_by_role("link").click()
    expect(code).not_to_have_text(first)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.close()


def test_a_page_in_trouble_reports_its_error(browser: Browser, watched: Watched) -> None:
    page = open_edulearn(browser, watched, "/")
    code = page.get_by_test_id("support-code").inner_text()
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new RangeError('the page broke') })")
    page.close(run_before_unload=True)

    def look() -> list[dict[str, Any]]:
        items = timeline(watched, code, services={"edulearn-web"})
        return [i for i in items if (i["kind"], i["service_name"]) == ("log", "edulearn-web")]

    reported = soon(look, "the error of the page")
    assert [(i["log_level"], i["attributes"]["exception.type"]) for i in reported] == [
        ("error", "RangeError")
    ]
