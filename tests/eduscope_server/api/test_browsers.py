"""What pages of other sites can't do with somebody's session."""

import httpx
import pytest
from litestar import Litestar

from eduscope_server.access import Access

Client = httpx.AsyncClient
KEY = {"kind": "ingest", "name": "another"}


@pytest.fixture
async def browser(anyone: Client, access: Access) -> Client:
    """A browser in which an admin has signed in."""
    await anyone.get(f"/login?code={await access.make_login_code()}", follow_redirects=False)
    return anyone


@pytest.mark.parametrize(
    "said",
    [
        {"sec-fetch-site": "same-site", "origin": "http://eduscope.test:3000"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "http://eduscope.test:3000"},
        {"origin": "https://learn.eduscope.test"},
        {"origin": "null"},
    ],
)
async def test_a_page_of_another_origin_changes_nothing(browser: Client, said: dict[str, str]) -> None:
    for method, path in (
        ("POST", "/api/keys"),
        ("POST", "/api/privacy/erasures"),
        ("DELETE", "/api/privacy/fields/colour"),
        ("POST", "/api/session/end"),
    ):
        answer = await browser.request(method, path, json=KEY, headers=said)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "foreign_page")
    assert (await browser.get("/api/session", headers=said)).status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"sec-fetch-site": "same-origin", "origin": "http://anything"},
        {"origin": "http://eduscope.test"},
        {"origin": "https://logs.school.example"},
    ],
)
async def test_the_console_does(app: Litestar, browser: Client, said: dict[str, str]) -> None:
    app.state.public_host = "logs.school.example"
    assert (await browser.post("/api/keys", json=KEY, headers=said)).status_code == 201


async def test_a_key_that_was_sent_is_no_session(admin: Client) -> None:
    said = {"origin": "http://elsewhere.example", "cookie": "eduscope_session=any"}
    assert (await admin.post("/api/keys", json=KEY, headers=said)).status_code == 201
