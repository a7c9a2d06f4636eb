from typing import Any

import pytest
from tests.eduscope_server.api.conftest import Client, ReaderOf

WANTED: dict[str, Any] = {
    "service": "courses",
    "environment": "production",
    "minutes": 5,
    "reason": "grades are late",
}


async def test_an_admin_opens_lists_and_closes(admin: Client) -> None:
    opened = (await admin.post("/api/debug-windows", json=WANTED)).json()
    assert (opened["service_name"], opened["opened_by"]) == ("courses", "admin token")
    assert 290 <= opened["seconds_left"] <= 300
    listed = (await admin.get("/api/debug-windows")).json()["windows"]
    assert [window["window_id"] for window in listed] == [opened["window_id"]]
    path = f"/api/debug-windows/{opened['window_id']}"
    assert (await admin.delete(path)).status_code == 204
    assert (await admin.delete(path)).status_code == 404
    (window,) = (await admin.get("/api/debug-windows")).json()["windows"]
    assert (window["seconds_left"], window["closed_by"]) == (0, "admin token")


async def test_the_reason_is_kept_redacted(admin: Client) -> None:
    reason = "anna@school.example sees no grades"
    opened = (await admin.post("/api/debug-windows", json=WANTED | {"reason": reason})).json()
    assert opened["reason"] == "[EMAIL] sees no grades"


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": 61}, {"minutes": 0}, {"reason": ""}, {"reason": "      "}, {"service": "a b"}, {"service": ""},
        {"environment": "x" * 65}, {"forever": True},
    ],
    ids=str,
)  # fmt: skip
async def test_what_makes_no_sense_is_refused(admin: Client, wrong: dict[str, Any]) -> None:
    assert (await admin.post("/api/debug-windows", json=WANTED | wrong)).status_code == 400


async def test_a_reason_is_needed(admin: Client) -> None:
    without = {name: value for name, value in WANTED.items() if name != "reason"}
    assert (await admin.post("/api/debug-windows", json=without)).status_code == 400


async def test_readers_and_strangers_may_not(anyone: Client, reader_of: ReaderOf) -> None:
    reader = await reader_of(None)
    for client, status in ((anyone, 401), (reader, 403)):
        assert (await client.post("/api/debug-windows", json=WANTED)).status_code == status
        assert (await client.get("/api/debug-windows")).status_code == status
        assert (await client.delete("/api/debug-windows/1")).status_code == status
