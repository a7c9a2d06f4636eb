from typing import Any

import pytest
from tests.eduscope_server.api.conftest import Client, ReaderOf

WANTED: dict[str, Any] = {"tenant_id": "school-a", "days": 7, "reason": "a contract says so"}


async def test_days_are_set_and_read(admin: Client) -> None:
    assert (await admin.get("/api/privacy/under-13")).json() == {"tenants": {}, "default_days": 30}
    answer = (await admin.put("/api/privacy/under-13", json=WANTED)).json()
    assert answer == {"tenants": {"school-a": 7}, "default_days": 30}


@pytest.mark.parametrize(
    "wrong", [{"days": 0}, {"days": 9999}, {"reason": ""}, {"tenant_id": "a b"}], ids=str
)
async def test_odd_days_are_refused(admin: Client, wrong: dict[str, Any]) -> None:
    assert (await admin.put("/api/privacy/under-13", json=WANTED | wrong)).status_code == 400


async def test_readers_and_strangers_may_not_set_them(anyone: Client, reader_of: ReaderOf) -> None:
    for client, status in ((anyone, 401), (await reader_of(None), 403)):
        assert (await client.put("/api/privacy/under-13", json=WANTED)).status_code == status
