"""Signing in by a one-time link, and out again."""

import httpx
import pytest

from eduscope_server.access import Access
from eduscope_server.api.session import is_local_path

Client = httpx.AsyncClient


async def test_a_link_opens_a_session_once(anyone: Client, access: Access) -> None:
    code = await access.make_login_code()
    answer = await anyone.get(f"/login?code={code}&next=/logs%3Fquery%3Da", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/logs?query=a")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("eduscope_session=")
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in cookie.split(";")}
    session = (await anyone.get("/api/session")).json()
    assert (session["name"], session["roles"], session["tenants"]) == ("admin", ["admin"], None)

    again = await anyone.get(f"/login?code={code}", follow_redirects=False)
    assert again.status_code == 303  # who is signed in already just goes on

    assert (await anyone.post("/api/session/end")).status_code == 204
    assert (await anyone.get("/api/session")).status_code == 401
    spent = await anyone.get(f"/login?code={code}", follow_redirects=False)
    assert (spent.status_code, "set-cookie" in spent.headers) == (401, False)
    assert "This link no longer works" in spent.text


@pytest.mark.parametrize("code", ["", "nobody", "x" * 200, "<script>alert(1)</script>"])
async def test_a_wrong_code_opens_nothing(anyone: Client, code: str) -> None:
    answer = await anyone.get("/login", params={"code": code}, follow_redirects=False)
    assert answer.status_code == 401
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/", True),
        ("/logs?query=a", True),
        ("", False),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("https://evil.example", False),
        ("javascript:alert(1)", False),
        ("/a\r\nset-cookie: b=c", False),
    ],
)
async def test_a_link_leads_to_this_site_only(
    anyone: Client, access: Access, target: str, expected: bool
) -> None:
    assert is_local_path(target) is expected
    code = await access.make_login_code()
    answer = await anyone.get("/login", params={"code": code, "next": target}, follow_redirects=False)
    assert answer.headers["location"] == (target if expected else "/")
