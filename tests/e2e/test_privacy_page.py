"""The Privacy page on a real platform: a field is declared in one step, and the next record stands in clear."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.conftest import ADMIN_TOKEN, Platform
from tests.e2e.conftest import CONSOLE, printed_link, soon
from tests.ndjson import log_line

pytestmark = pytest.mark.slow

FIELD = "course.colour"
COUNTED_MS = 150_000
"""A minute is counted some seconds after its end."""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform whose findings are the test's own."""
    if not CONSOLE.exists():
        pytest.skip("the console is not built: make setup")
    platform = Platform(tmp_path_factory.mktemp("privacy") / "platform")
    platform.folder.mkdir()
    try:
        platform.start()
        yield platform
    finally:
        platform.close()


def send(platform: Platform, colour: str) -> None:
    """A log line with a field that nobody declared, and an address that nobody should log."""
    platform.send(log_line(message=f"tile shown to ada@example.com {colour}", **{FIELD: colour}))


def kept(platform: Platform, colour: str) -> str:
    """What is stored of the field in the line that says the colour."""

    def look() -> list[dict[str, Any]]:
        asked = {"query": f"service:courses {colour}", "from": "-1h"}
        logs: list[dict[str, Any]] = platform.reader.get("/api/logs", params=asked).json()["logs"]
        return logs

    return str(soon(look, f"the line that says {colour}")[0]["attributes"][FIELD])


def undeclared(platform: Platform) -> list[str]:
    """What `eduscope privacy undeclared` lists."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("EDUSCOPE_")}
    answer = subprocess.run(
        [str(Path(sys.executable).with_name("eduscope")), "privacy", "undeclared", "--json"],
        env=inherited | {"EDUSCOPE_READ_KEY": ADMIN_TOKEN, "EDUSCOPE_URL": platform.url},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return [json.loads(line)["name"] for line in answer.stdout.splitlines()]


def counted(page: Page, field: str) -> None:
    """Waits until the page, which asks again by itself, lists the field."""
    expect(page.locator(f'[data-testid=undeclared-field][data-field="{field}"]')).to_be_visible(
        timeout=COUNTED_MS
    )


def test_a_field_is_declared_in_one_step_and_withdrawn_after_asking(browser: Browser, own: Platform) -> None:
    send(own, "teal")
    assert kept(own, "teal").startswith("und_")
    page = browser.new_page()
    page.goto(printed_link(own.folder.parent / "platform.log"))
    page.goto(f"{own.url}/privacy")
    expect(page.get_by_test_id("empty-state")).to_be_visible()
    counted(page, FIELD)
    assert undeclared(own) == [FIELD]
    emails = page.get_by_test_id("finding-row").filter(has_text="E-mail address")
    expect(emails).to_contain_text("message")

    item = page.locator(f'[data-testid=undeclared-field][data-field="{FIELD}"]')
    expect(item.get_by_role("combobox")).to_have_value("label")
    expect(item).to_contain_text('eduscope.contract.declare("course.colour", "label")')
    item.get_by_role("button", name="Declare").click()
    declared = page.locator(f'[data-testid=declared-field][data-field="{FIELD}"]')
    expect(declared).to_be_visible()
    expect(item).to_have_count(0)
    send(own, "crimson")
    assert kept(own, "crimson") == "crimson"
    assert kept(own, "teal").startswith("und_"), "what is stored stays as it is"
    assert undeclared(own) == []

    declared.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw it").click()
    expect(declared).to_have_count(0)
    send(own, "olive")
    assert kept(own, "olive").startswith("und_")

    emails.get_by_role("link", name="Logs").click()
    expect(page.get_by_test_id("log-row").first).to_contain_text("[EMAIL]")
    page.close()


def test_who_only_reads_sees_the_page_without_its_buttons(browser: Browser, own: Platform) -> None:
    send(own, "teal")
    made = own.reader.post("/api/keys", json={"name": "a teacher", "kind": "read", "project": "default"})
    context = browser.new_context(extra_http_headers={"Authorization": f"Bearer {made.json()['key']}"})
    page = context.new_page()
    page.goto(f"{own.url}/privacy")
    counted(page, FIELD)
    item = page.locator(f'[data-testid=undeclared-field][data-field="{FIELD}"]')
    expect(item).to_contain_text("An admin can declare it")
    expect(page.get_by_role("button", name="Declare", exact=True)).to_have_count(0)
    context.close()


def test_whose_people_are_looked_for_is_shown_to_who_may_load_them(browser: Browser, own: Platform) -> None:
    users = "givenName,familyName\nAda,Lovelace\nGrace,Hopper\n"
    own.reader.put("/api/privacy/rosters/north-high", content=users).raise_for_status()
    page = browser.new_page(extra_http_headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})
    page.goto(f"{own.url}/privacy")
    expect(page.locator("[data-testid=roster][data-tenant=north-high]")).to_contain_text("2")
    assert "Lovelace" not in page.content()
    page.close()
    own.reader.delete("/api/privacy/rosters/north-high").raise_for_status()

    made = own.reader.post("/api/keys", json={"name": "a teacher", "kind": "read", "project": "default"})
    page = browser.new_page(extra_http_headers={"Authorization": f"Bearer {made.json()['key']}"})
    page.goto(f"{own.url}/privacy")
    expect(page.get_by_role("heading", name="Declared here")).to_be_visible()
    expect(page.get_by_role("heading", name="Rosters")).to_have_count(0)
    page.close()
