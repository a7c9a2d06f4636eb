"""What a text of a request has to be like, and how an answer says so."""

import pytest
from tests.eduscope_server.api.conftest import Client


@pytest.mark.parametrize("name", ["north\n", "no rth", "", "ä", "x" * 65])
async def test_a_name_that_is_none_is_refused_in_words(admin: Client, name: str) -> None:
    wanted = "expected 1 to 64 of A-Z a-z 0-9 . _ -"
    window = {"service": "courses", "environment": "production", "minutes": 1, "reason": "slow"}
    for path, body, field in (
        ("/api/keys", {"name": "k", "tenant_id": name}, "tenant_id"),
        ("/api/keys", {"name": "k", "project": name}, "project"),
        ("/api/debug-windows", window | {"service": name}, "service"),
        ("/api/debug-windows", window | {"environment": name}, "environment"),
    ):
        answer = await admin.post(path, json=body)
        assert answer.status_code == 400
        assert answer.json()["error"]["message"] == f"{field}: {wanted}"


async def test_other_forms_are_asked_for_in_words(admin: Client) -> None:
    key = await admin.post("/api/keys", json={"name": "k", "origins": ["learn.example"]})
    assert key.json()["error"]["message"] == "origins[0]: expected an origin such as https://learn.example"
    erasure = await admin.post("/api/privacy/erasures", json={"subject": "a", "reason": "    "})
    assert erasure.json()["error"]["message"] == "reason: expected more than spaces"
    reveal = await admin.post("/api/prose/" + "a" * 32 + "/reveal", json={"purpose": "a  b  c  d"})
    assert reveal.json()["error"]["message"] == "purpose: expected at least ten characters beside spaces"
