from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from tests.eduscope_server.api.conftest import Client, ReaderOf, client_of

from eduscope.privacy import KeyRing, redact
from eduscope_server.access import Access
from eduscope_server.api import create_app
from eduscope_server.privacy.roster_files import CSV_BYTES_MAX, RosterFiles
from eduscope_server.privacy.rosters import Rosters
from eduscope_server.state import State
from eduscope_server.store import Store

ROSTERS = "/api/privacy/rosters"
NORTH = f"{ROSTERS}/north"
CSV = "givenName,familyName,username\nAda,Lovelace,alove12\nGrace,Hopper,ghop\n"
PATTERNS = {"patterns": [r"S\d{7}"], "reason": "ids of the new system"}


@pytest.fixture
async def rosters(state: State, tmp_path: Path) -> AsyncIterator[Rosters]:
    made = Rosters(state, RosterFiles(tmp_path / "rosters", KeyRing([("k1", b"1" * 32)])))
    yield made
    made.stop()


@pytest.fixture
async def officer(
    clean_store: Store, state: State, access: Access, rosters: Rosters
) -> AsyncIterator[Client]:
    """An admin."""
    app = create_app(
        store=clean_store, state=state, access=access, doors=[], registry=CollectorRegistry(), rosters=rosters
    )
    token = next(first.key for first in access.first_keys if first.kind == "admin")
    async with client_of(app) as client:
        client.headers["authorization"] = f"Bearer {token}"
        yield client


async def listed(officer: Client) -> Any:
    return (await officer.get(ROSTERS)).json()["rosters"]


async def test_a_roster_is_loaded_listed_and_removed(officer: Client) -> None:
    assert await listed(officer) == []
    loaded = (await officer.put(NORTH, content=CSV, params={"reason": "start of term"})).json()
    assert (loaded["people"], loaded["problem"]) == (2, "")
    assert loaded["size_bytes"] > 100
    assert await listed(officer) == [loaded]
    assert redact("Ada Lovelace", tenant_id="north") == "[PERSON]"
    assert (await officer.delete(NORTH)).status_code == 204
    assert await listed(officer) == []
    assert redact("Ada Lovelace", tenant_id="north") == "Ada Lovelace"
    assert (await officer.delete(NORTH)).status_code == 404


async def test_no_answer_names_anybody(officer: Client) -> None:
    answers = [await officer.put(NORTH, content=CSV), await officer.get(ROSTERS)]
    assert not any(name in answer.text for answer in answers for name in ("Ada", "Hopper", "alove12"))


async def test_numbers_are_set_and_taken_away(officer: Client) -> None:
    assert (await officer.put(f"{NORTH}/numbers", json=PATTERNS)).json() == PATTERNS
    (held,) = await listed(officer)
    assert (held["numbers"], held["people"], held["loaded_at"]) == ([r"S\d{7}"], 0, None)
    assert redact("graded S1234567", tenant_id="north") == "graded [STUDENT_ID]"
    assert (await officer.put(f"{NORTH}/numbers", json={"patterns": []})).status_code == 200
    assert await listed(officer) == []
    assert redact("graded S1234567", tenant_id="north") == "graded S1234567"


@pytest.mark.parametrize(
    ("csv", "said"),
    [
        (b"", "first line names 0 columns"),
        (b"Ada,Lovelace\n", "expected some of these"),
        (CSV.encode() + b"Byron, Ada,x,y\n", "4 values in line 4; expected 3"),
        (CSV.encode() + b'"Byron,x,y\n', "begins in line 4"),
        (CSV.encode() + b"\xff\xfe,x\n", "not UTF-8 in line 4"),
        (b"givenName\n\n", "nobody in them"),
    ],
)
async def test_a_bad_csv_is_refused_with_its_line_and_the_old_one_stays(
    officer: Client, csv: bytes, said: str
) -> None:
    await officer.put(NORTH, content=CSV)
    answer = await officer.put(NORTH, content=csv)
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]
    assert "Byron" not in answer.text
    assert redact("Ada Lovelace", tenant_id="north") == "[PERSON]"
    assert (await listed(officer))[0]["people"] == 2


@pytest.mark.parametrize("pattern", [r"\w+", r"(a|b)\d{4}", r"x{0}\d{4}", "word"])
async def test_a_bad_pattern_is_refused_and_the_old_ones_stay(officer: Client, pattern: str) -> None:
    await officer.put(f"{NORTH}/numbers", json=PATTERNS)
    answer = await officer.put(f"{NORTH}/numbers", json={"patterns": [pattern]})
    assert answer.status_code == 400
    assert "pattern" in answer.json()["error"]["message"]
    assert redact("graded S1234567", tenant_id="north") == "graded [STUDENT_ID]"


@pytest.mark.parametrize("tenant", ["a b", "..%2Fup", "x" * 65, "%00", "north%0A"])
async def test_what_is_no_tenant_is_refused(officer: Client, tenant: str) -> None:
    assert (await officer.put(f"{ROSTERS}/{tenant}", content=CSV)).status_code in {400, 404, 405}
    assert await listed(officer) == []


async def test_a_body_beyond_the_limit_is_refused(officer: Client) -> None:
    length = {"content-length": str(CSV_BYTES_MAX + 1)}
    assert (await officer.put(NORTH, content=b"x", headers=length)).status_code == 413


async def test_changes_are_on_record(officer: Client, state: State) -> None:
    await officer.put(NORTH, content=CSV, params={"reason": "for ada@school.example"})
    await officer.put(f"{NORTH}/numbers", json=PATTERNS)
    await officer.delete(NORTH)
    log = await state.fetch("SELECT did, what, tenant_id, purpose FROM access_log ORDER BY entry_id")
    assert [tuple(row.values()) for row in log] == [
        ("load a roster", "2 people", "north", "for [EMAIL]"),
        ("set a tenant's own numbers", "1 patterns", "north", "ids of the new system"),
        ("remove a roster", "the roster", "north", ""),
    ]


async def test_readers_and_strangers_may_not(anyone: Client, reader_of: ReaderOf) -> None:
    for client, status in ((anyone, 401), (await reader_of(None), 403)):
        answers = [
            await client.get(ROSTERS),
            await client.put(NORTH, content=CSV),
            await client.delete(NORTH),
            await client.put(f"{NORTH}/numbers", json=PATTERNS),
        ]
        assert [answer.status_code for answer in answers] == [status] * 4
