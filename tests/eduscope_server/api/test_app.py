"""What all answers have in common: who may ask, how failures look, which headers they carry."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from litestar import Litestar

from eduscope_server.access import Access
from eduscope_server.state import State, StateUnavailable
from eduscope_server.store import QueryTimeout, Store, StoreUnavailable

Client = httpx.AsyncClient
ReaderOf = Callable[[str | None], Awaitable[Client]]

READS = [
    "/api/logs",
    "/api/logs/count",
    "/api/logs/histogram",
    "/api/logs/fields",
    "/api/logs/tail",
    "/api/traces",
    "/api/traces/" + "a" * 32,
    "/api/correlations/abcdefgh",
    "/api/errors",
    "/api/services",
    "/api/privacy/findings",
    "/api/privacy/undeclared",
]
"""What is read from the store."""

STATE_READS = [
    "/api/session",
    "/api/debug-windows",
    "/api/privacy/fields",
    "/api/privacy/vault",
    "/api/privacy/under-13",
    "/api/privacy/rosters",
    "/api/privacy/erasures",
    "/api/privacy/erasures/1",
    "/api/privacy/erasures/1/certificate",
    "/api/privacy/certificate-key",
]
"""What is read from PostgreSQL."""

CHANGES = {
    "/api/session/end",
    "/api/keys",
    "/api/keys/{key_id}",
    "/api/login-codes",
    "/api/debug-windows/{window_id}",
    "/api/privacy/epochs",
    "/api/privacy/fields/{name}",
    "/api/privacy/rosters/{tenant_id}",
    "/api/privacy/rosters/{tenant_id}/numbers",
    "/api/prose/{prose_id}/reveal",
}
"""Routes that only change something; the tests of their own modules say who may."""


@pytest.mark.parametrize("path", [*READS, *STATE_READS])
@pytest.mark.parametrize("authorization", [None, "Bearer nobody-has-this", "Basic YTpi", "Bearer "])
async def test_nobody_reads_without_being_known(anyone: Client, path: str, authorization: str | None) -> None:
    answer = await anyone.get(path, headers={"authorization": authorization} if authorization else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert set(answer.json()["error"]) <= {"code", "message", "hint"}


async def test_an_ingest_key_does_not_read(anyone: Client, access: Access) -> None:
    key = next(first.key for first in access.first_keys if first.kind == "ingest")
    answer = await anyone.get("/api/logs", headers={"authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "wrong_kind_of_key")


def test_every_read_is_tested(app: Litestar) -> None:
    paths = {route.path_format for route in app.routes if route.path_format.startswith("/api/")}
    tested = {
        path.replace("a" * 32, "{trace_id}").replace("abcdefgh", "{record_id}").replace("/1", "/{erasure_id}")
        for path in (*READS, *STATE_READS)
    }
    assert paths - tested == CHANGES


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/v1/metrics", 404),
        ("POST", "/v1/metrics", 404),
        ("POST", "/anything/else", 404),
        ("PUT", "/", 404),
        ("POST", "/api/logs", 405),
        ("DELETE", "/api/traces/abc", 405),
        ("GET", "/v1/logs", 405),
        ("GET", "/missing.js", 404),
    ],
)
async def test_failures_have_one_shape(admin: Client, method: str, path: str, status: int) -> None:
    answer = await admin.request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    assert ("allow" in answer.headers) == (status == 405)


FAILURES = {
    StoreUnavailable("the store is away"): (503, "unavailable"),
    QueryTimeout("it took too long"): (504, "took_too_long"),
    ValueError("a secret value"): (500, "internal"),
}


@pytest.mark.parametrize(
    "body",
    [b"[" * 50_000, b'{"kind": "ingest", "name": "a\\u0000b"}', b'{"kind": "ingest", "name": "\\ud800"}'],
)
async def test_a_body_that_cannot_be_kept_is_no_fault_of_ours(admin: Client, body: bytes) -> None:
    answer = await admin.post("/api/keys", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


async def test_a_name_with_nul_in_an_address_is_refused(admin: Client) -> None:
    assert (await admin.delete("/api/privacy/fields/a%00b")).status_code == 400


@pytest.mark.parametrize("raised", FAILURES)
async def test_a_store_that_fails_says_what_to_do(
    admin: Client, monkeypatch: pytest.MonkeyPatch, raised: Exception
) -> None:
    status, code = FAILURES[raised]

    async def fail(*_: Any) -> Any:
        raise raised

    monkeypatch.setattr(Store, "fetch", fail)
    for path in READS:
        answer = await admin.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), path
        assert ("retry-after" in answer.headers) == (status == 503)
        assert "secret" not in answer.text
    ready = await admin.get("/readyz")
    if status == 503:
        assert (ready.status_code, ready.json()) == (
            503,
            {"ready": False, "parts": {"clickhouse": "away", "postgresql": "ok"}},
        )


async def test_without_postgresql_sessions_wait_and_keys_still_read(
    anyone: Client, access: Access, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> Any:
        raise StateUnavailable("PostgreSQL is away")

    async def not_ready(_: Any) -> bool:
        return False

    monkeypatch.setattr(State, "fetch_one", fail)
    monkeypatch.setattr(State, "is_ready", not_ready)
    anyone.cookies.set("eduscope_session", "some-session")
    by_cookie = await anyone.get("/api/logs")
    assert (by_cookie.status_code, "retry-after" in by_cookie.headers) == (503, True)
    token = next(first.key for first in access.first_keys if first.kind == "admin")
    assert (await anyone.get("/api/logs", headers={"authorization": f"Bearer {token}"})).status_code == 200
    assert (await anyone.get("/readyz")).json()["parts"] == {"clickhouse": "ok", "postgresql": "away"}


@pytest.mark.parametrize("path", ["/", "/api/logs", "/api/nothing", "/healthz", "/openapi.json", "/login"])
async def test_every_answer_keeps_the_browser_here(anyone: Client, path: str) -> None:
    headers = (await anyone.get(path)).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    if path.startswith("/api/"):
        assert headers["cache-control"] == "no-store"


async def test_the_public_documents_are_there(anyone: Client) -> None:
    assert (await anyone.get("/healthz")).json() == {"status": "ok"}
    assert (await anyone.get("/readyz")).json()["ready"] is True
    assert (await anyone.get("/metrics")).headers["content-type"].startswith("text/plain; version=")
    contract = (await anyone.get("/contract/v1.json")).json()
    assert contract["$defs"]["LogRecord"]["required"][0] == "timestamp"
    document = (await anyone.get("/openapi.json")).json()
    assert {"/api/logs", "/api/correlations/{record_id}", "/v1/logs"} <= set(document["paths"])
    search = document["paths"]["/api/logs"]["get"]
    assert [p["name"] for p in search["parameters"]].count("query") == 1
    assert {"query", "tenant", "service", "level", "from", "to", "limit", "cursor"} == {
        p["name"] for p in search["parameters"]
    }
    page = await anyone.get("/docs")
    assert "GET /api/logs/tail" in page.text
    assert "http://" not in page.text
    assert "https://" not in page.text
