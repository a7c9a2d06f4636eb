from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar import Litestar
from tests.eduscope_server.api.conftest import Client, ReaderOf, client_of
from tests.eduscope_server.conftest import Rows

from eduscope.privacy import tokenize
from eduscope_server.access import Access
from eduscope_server.api.browsers import SESSION_COOKIE
from eduscope_server.privacy.certificate import verify
from eduscope_server.state import State

WANTED: dict[str, Any] = {"subject": "ada", "reason": "asked for by the guardian"}
LOG = {
    "timestamp": "2026-11-23T12:00:00",
    "log_level": "info",
    "service_name": "courses",
    "tenant_id": "school-a",
    "message": "quiz graded",
}


async def test_an_admin_erases_and_has_the_certificate(admin: Client, put_logs: Rows) -> None:
    put_logs(LOG | {"user_id": tokenize("ada")}, LOG | {"user_id": tokenize("bob")})
    answer = await admin.post("/api/privacy/erasures", json=WANTED)
    erasure = answer.json()
    assert (answer.status_code, erasure["stage"], erasure["rows_deleted"]["logs"]) == (201, "hidden", 1)
    found = await admin.get("/api/logs/count", params={"from": "-3650d", "query": ""})
    assert found.json() == {"count": 1}
    path = f"/api/privacy/erasures/{erasure['erasure_id']}"
    certificate = (await admin.get(f"{path}/certificate")).json()
    key = (await admin.get("/api/privacy/certificate-key")).json()
    assert verify(certificate) == key["fingerprint"]
    assert (await admin.get(path)).json() == erasure
    assert [e["erasure_id"] for e in (await admin.get("/api/privacy/erasures")).json()["erasures"]] == [
        erasure["erasure_id"]
    ]


async def test_no_answer_says_who_was_erased(admin: Client) -> None:
    wanted = WANTED | {"subject": "ada.lovelace", "reason": "wish of ada@school.example"}
    answer = await admin.post("/api/privacy/erasures", json=wanted)
    text = answer.text + (await admin.get("/api/privacy/erasures")).text
    assert "lovelace" not in text
    assert "school.example" not in text
    assert tokenize("ada.lovelace") not in text


@pytest.mark.parametrize(
    "wrong", [{"subject": ""}, {"reason": "no"}, {"tenant_id": "a' OR 1"}, {"more": 1}], ids=str
)
async def test_an_odd_request_is_refused(admin: Client, wrong: dict[str, Any]) -> None:
    assert (await admin.post("/api/privacy/erasures", json=WANTED | wrong)).status_code == 400


async def test_only_officers_may(anyone: Client, reader_of: ReaderOf) -> None:
    for client, status in ((anyone, 401), (await reader_of(None), 403)):
        assert (await client.post("/api/privacy/erasures", json=WANTED)).status_code == status
        assert (await client.get("/api/privacy/erasures")).status_code == status
        assert (await client.get("/api/privacy/erasures/1/certificate")).status_code == status


async def test_what_is_not_there(admin: Client) -> None:
    assert (await admin.get("/api/privacy/erasures/99")).status_code == 404
    assert (await admin.get("/api/privacy/erasures/99/certificate")).status_code == 404


@pytest.fixture
async def officer(app: Litestar, state: State, access: Access) -> AsyncIterator[Client]:
    """A privacy officer of school-a, signed in."""
    await state.execute("INSERT INTO people (name) VALUES ('olga')")
    await state.execute("INSERT INTO tenants (tenant_id) VALUES ('school-a')")
    await state.execute(
        "INSERT INTO memberships (person_id, role, tenant_id) "
        "SELECT person_id, 'privacy', 'school-a' FROM people WHERE name = 'olga'"
    )
    async with client_of(app) as client:
        client.cookies.set(SESSION_COOKIE, await access.open_session(await access.make_login_code("olga")))
        yield client


async def test_an_officer_erases_in_their_tenants_alone(
    officer: Client, admin: Client, put_logs: Rows
) -> None:
    put_logs(LOG | {"user_id": tokenize("ada")}, LOG | {"user_id": tokenize("ada"), "tenant_id": "school-b"})
    for tenant_id in (None, "school-b"):
        answer = await officer.post("/api/privacy/erasures", json=WANTED | {"tenant_id": tenant_id})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_your_tenant")
    answer = await officer.post("/api/privacy/erasures", json=WANTED | {"tenant_id": "school-a"})
    assert (answer.status_code, answer.json()["rows_deleted"]["logs"]) == (201, 1)
    everywhere = (await admin.post("/api/privacy/erasures", json=WANTED)).json()
    assert everywhere["rows_deleted"]["logs"] == 1
    listed = (await officer.get("/api/privacy/erasures")).json()["erasures"]
    assert [erasure["erasure_id"] for erasure in listed] == [answer.json()["erasure_id"]]
    path = f"/api/privacy/erasures/{everywhere['erasure_id']}"
    assert (await officer.get(path)).status_code == 404
