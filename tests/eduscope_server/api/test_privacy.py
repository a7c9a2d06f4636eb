"""The privacy endpoints: findings, undeclared names, declarations."""

from collections.abc import Iterator

import pytest
from tests.eduscope_server.api.conftest import Client, ReaderOf

from eduscope import contract

COLOUR = {"name": "course.colour", "class": "label", "description": "Of a course's tile."}


@pytest.fixture(autouse=True)
def only_what_ships() -> Iterator[None]:
    """Leaves nothing declared behind."""
    yield
    for field in contract.declared_here():
        contract.withdraw(field.name)


async def test_a_field_is_declared_listed_and_withdrawn(admin: Client) -> None:
    made = await admin.post("/api/privacy/fields", json=COLOUR)
    assert made.status_code == 201
    assert made.json().items() >= COLOUR.items()
    assert [f["name"] for f in (await admin.get("/api/privacy/fields")).json()["fields"]] == ["course.colour"]
    schema = (await admin.get("/contract/v1.json")).json()
    assert schema["$defs"]["LogRecord"]["properties"]["course.colour"]["x-eduscope-class"] == "label"
    assert (await admin.delete("/api/privacy/fields/course.colour")).status_code == 204
    assert (await admin.delete("/api/privacy/fields/course.colour")).status_code == 404
    assert contract.attribute("course.colour") is None


@pytest.mark.parametrize(
    ("change", "says"),
    [({"name": "Colour"}, "no name for a field"), ({"name": "http.route"}, "by the contract itself")],
)
async def test_what_cannot_be_declared_is_refused_with_the_reason(
    admin: Client, change: dict[str, str], says: str
) -> None:
    answer = await admin.post("/api/privacy/fields", json=COLOUR | change)
    assert answer.status_code == 400
    assert says in answer.json()["error"]["message"]


async def test_readers_look_and_do_not_declare(reader_of: ReaderOf) -> None:
    reader = await reader_of(None)
    assert (await reader.get("/api/privacy/fields")).status_code == 200
    assert (await reader.get("/api/privacy/findings")).json()["findings"] == []
    assert (await reader.get("/api/privacy/undeclared")).json() == {"undeclared": []}
    assert (await reader.post("/api/privacy/fields", json=COLOUR)).status_code == 403
