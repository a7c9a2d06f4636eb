"""Takes a picture of every view of the console: wide and narrow, light and dark, empty and failing.

Run it against `npm run dev` (the made-up school) or a platform that is signed in to with a one-time link:

    python dev/screenshots.py --console http://127.0.0.1:5173 --out /tmp/console-shots [--only logs]
    python dev/screenshots.py --console http://127.0.0.1:4400 --login 'http://127.0.0.1:4400/login?code=…'

Without a link, `EDUSCOPE_ADMIN_TOKEN` in the environment opens the platform's API to it.
"""

# ruff: noqa: T201, S101, S108, A004 - a development script: it prints, asserts and writes to /tmp unless told otherwise
import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, TimeoutError, sync_playwright

SIZES = {"wide": (1280, 800), "narrow": (390, 844)}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Step = Callable[[Page], None]


def answered(status: int, body: dict[str, Any], **headers: str) -> Callable[[Route], None]:
    """A route that answers every call of it with this."""
    return lambda route: route.fulfill(
        status=status, headers={"content-type": "application/json", **headers}, body=json.dumps(body)
    )


def problem(code: str, message: str, hint: str = "") -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "hint": hint}}


def open_log(page: Page) -> None:
    page.locator("[data-testid=log-row] .log-line").nth(3).click()


def open_error_log(page: Page) -> None:
    page.goto(page.url.split("?")[0] + "?query=level%3Aerror+exception.type%3A*")
    page.locator("[data-testid=log-row] .log-line").first.click()


def complete(page: Page) -> None:
    page.locator("[data-testid=log-search]").fill("level:error serv")


def complete_value(page: Page) -> None:
    page.locator("[data-testid=log-search]").fill("service:")


def search_help(page: Page) -> None:
    page.get_by_label("How to search").click()


def range_panel(page: Page) -> None:
    page.locator("[data-testid=time-range]").click()


def hover_histogram(page: Page) -> None:
    box = page.locator("[data-testid=histogram] svg").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 40)


def tail(page: Page) -> None:
    page.wait_for_timeout(3500)


def first_trace(page: Page) -> None:
    page.locator("[data-testid=trace-row]").first.click()
    page.locator("[data-testid=span-row]").first.wait_for()


def span_detail(page: Page) -> None:
    first_trace(page)
    page.locator("[data-testid=span-row] .span-name").last.click()


def correlation(page: Page) -> None:
    first_trace(page)
    page.locator("[data-testid=open-correlation]").first.click()
    page.locator("[data-testid=timeline-item]").first.wait_for()


def open_moment(page: Page) -> None:
    correlation(page)
    page.locator("[data-testid=timeline-item] .moment-line").nth(4).click()


def hover_course(page: Page) -> None:
    box = page.locator("[data-testid=course] svg").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 40)


def ask_to_withdraw(page: Page) -> None:
    page.get_by_role("button", name="Withdraw").last.click()


def help_overlay(page: Page) -> None:
    page.keyboard.press("?")


AWAY = answered(
    503,
    problem(
        "store_away", "The store does not take questions just now.", "It is starting, or its disk is full."
    ),
    **{"retry-after": "5"},
)
NO_SESSION = answered(401, problem("no_session", "This browser is not signed in."))
SLOW = answered(504, problem("query_timeout", "The query was stopped after 30 s."))
NOTHING: dict[str, Callable[[Route], None]] = {
    "**/api/services?*": answered(200, {"services": [], "interval_seconds": 120}),
    "**/api/errors?*": answered(200, {"errors": []}),
    "**/api/logs?*": answered(200, {"logs": [], "next_cursor": None}),
    "**/api/logs/count*": answered(200, {"count": 0}),
    "**/api/logs/histogram*": answered(200, {"interval_seconds": 60, "buckets": []}),
    "**/api/traces?*": answered(200, {"traces": [], "next_cursor": None}),
    "**/api/privacy/findings?*": answered(200, {"findings": [], "interval_seconds": 60, "course": []}),
    "**/api/privacy/undeclared?*": answered(200, {"undeclared": []}),
    "**/api/privacy/fields": answered(200, {"fields": []}),
}
READER = {
    "**/api/session": answered(200, {"name": "A teacher", "roles": ["reader"], "tenants": ["northfield"]})
}

# name → (path, steps after loading, routes that answer instead of the platform)
VIEWS: dict[str, tuple[str, Step | None, dict[str, Callable[[Route], None]]]] = {
    "overview": ("/", None, {}),
    "overview-empty": ("/", None, NOTHING),
    "overview-away": ("/", None, {"**/api/services?*": AWAY}),
    "signed-out": ("/", None, {"http://*/api/**": NO_SESSION}),
    "logs": ("/logs", None, {}),
    "logs-open": ("/logs", open_log, {}),
    "logs-error-open": ("/logs", open_error_log, {}),
    "logs-fields": ("/logs", complete, {}),
    "logs-values": ("/logs", complete_value, {}),
    "logs-help": ("/logs", search_help, {}),
    "logs-range": ("/logs", range_panel, {}),
    "logs-drag": ("/logs", hover_histogram, {}),
    "logs-unreadable": ("/logs?query=level%3Aerror+%22exact+words", None, {}),
    "logs-nothing": ("/logs?query=level%3Aerror+nonsuch", None, {}),
    "logs-empty": ("/logs", None, NOTHING),
    "logs-slow": ("/logs", None, {"**/api/logs?*": SLOW}),
    "logs-tail": ("/logs?live=1", tail, {}),
    "traces": ("/traces", None, {}),
    "traces-errors": ("/traces?status=error", None, {}),
    "traces-empty": ("/traces", None, NOTHING),
    "trace": ("/traces?service=tutor", first_trace, {}),
    "trace-span": ("/traces?status=error", span_detail, {}),
    "trace-missing": ("/traces/00000000000000000000000000000000", None, {}),
    "correlation": ("/traces?service=model-server", correlation, {}),
    "correlation-error": ("/traces?status=error", open_moment, {}),
    "correlation-missing": ("/correlations/no-such-id-1234", None, {}),
    "correlations": ("/correlations", None, {}),
    "privacy": ("/privacy", None, {}),
    "privacy-hover": ("/privacy", hover_course, {}),
    "privacy-kind": ("/privacy?kind=EMAIL&service=courses", None, {}),
    "privacy-withdraw": ("/privacy", ask_to_withdraw, {}),
    "privacy-reader": ("/privacy", None, READER),
    "privacy-empty": ("/privacy", None, NOTHING),
    "privacy-away": ("/privacy", None, {"**/api/privacy/findings?*": AWAY}),
    "help": ("/", help_overlay, {}),
    "not-found": ("/nonsense", None, {}),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--console", default="http://127.0.0.1:5173")
    parser.add_argument("--login", help="a one-time link, visited first")
    parser.add_argument("--out", type=Path, default=Path("/tmp/console-shots"))
    parser.add_argument("--only", default="", help="only views whose name holds this")
    parser.add_argument("--themes", default="light,dark")
    parser.add_argument("--sizes", default="wide,narrow")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        token = os.environ.get("EDUSCOPE_ADMIN_TOKEN")
        headers = {"authorization": f"Bearer {token}"} if token else {}
        session = browser.new_context()
        if options.login:
            session.new_page().goto(options.login)
        state = session.storage_state()
        for size in options.sizes.split(","):
            width, height = SIZES[size]
            for theme in options.themes.split(","):
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme="dark" if theme == "dark" else "light",
                    storage_state=state,
                    extra_http_headers=headers,
                )
                for name, view in VIEWS.items():
                    if options.only in name:
                        picture(context.new_page(), options, view, f"{name}-{size}-{theme}")
                context.close()
        browser.close()


def picture(
    page: Page,
    options: argparse.Namespace,
    view: tuple[str, Step | None, dict[str, Callable[[Route], None]]],
    name: str,
) -> None:
    path, step, routes = view
    page.set_default_timeout(5000)
    page.on("pageerror", lambda error: print(f"{name}: {error}"))
    page.on("console", lambda message: print(f"{name}: {message.text}") if message.type == "error" else None)
    for pattern, answer in routes.items():
        page.route(pattern, answer)
    page.goto(options.console + path)
    page.wait_for_timeout(700)
    if step:
        try:
            step(page)
        except TimeoutError as error:
            print(f"{name}: {str(error).splitlines()[-1]}")
        page.wait_for_timeout(500)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if overflow > 0:
        print(f"{name}: {overflow} px wider than the window")
    page.screenshot(path=options.out / f"{name}.png")
    page.close()


if __name__ == "__main__":
    main()
