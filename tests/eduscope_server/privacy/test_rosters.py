"""Rosters are kept sealed, read at the start whatever is wrong with one of them, and exchanged whole."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from eduscope.privacy import KeyRing, redact, tenants
from eduscope.privacy.errors import PatternRefused, RosterUnreadable
from eduscope.privacy.roster import Roster, sealed_under
from eduscope_server.privacy import roster_files
from eduscope_server.privacy.roster_files import RosterFiles, Withholding
from eduscope_server.privacy.rosters import Held, Rosters
from eduscope_server.state import State, StateUnavailable

RING = KeyRing([("k1", b"1" * 32)])
ADA = b"givenName,familyName\nAda,Lovelace\n"
GRACE = b"givenName,familyName\nGrace,Hopper\n"
BY = {"by": "anna", "reason": ""}
TEXT = "essays of Ada Lovelace and Grace Hopper"


class Started:
    """Rosters as a platform starts them, again and again."""

    def __init__(self, state: State, folder: Path) -> None:
        self._state = state
        self.folder = folder
        self.now: Rosters | None = None

    async def again(self, ring: KeyRing = RING) -> Rosters:
        """Those of a platform that starts on the folder."""
        if self.now:
            self.now.stop()
        files = RosterFiles(self.folder, ring)
        self.now = Rosters(self._state, files)
        await self.now.start(files.read_all())
        return self.now

    def file(self, tenant_id: str) -> Path:
        return self.folder / f"{tenant_id}.roster"


@pytest.fixture
async def started(state: State, tmp_path: Path) -> AsyncIterator[Started]:
    made = Started(state, tmp_path / "rosters")
    yield made
    if made.now:
        made.now.stop()
    assert not tenants


def safe(tenant_id: str = "north") -> str:
    return redact(TEXT, tenant_id=tenant_id)


async def test_people_of_a_csv_are_found_and_after_a_restart(started: Started) -> None:
    rosters = await started.again()
    held = await rosters.load("north", ADA, **BY)
    assert (held.tenant_id, held.people, held.problem) == ("north", 1, "")
    for _ in range(2):
        assert (safe(), safe("south")) == ("essays of [PERSON] and Grace Hopper", TEXT)
        rosters = await started.again()
    assert await rosters.list() == [held]


async def test_another_csv_takes_its_place(started: Started) -> None:
    rosters = await started.again()
    await rosters.load("north", ADA, **BY)
    await rosters.load("north", GRACE, **BY)
    assert safe() == "essays of Ada Lovelace and [PERSON]"
    await started.again()
    assert safe() == "essays of Ada Lovelace and [PERSON]"


async def test_the_old_one_serves_while_the_new_one_is_built(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    rosters = await started.again()
    await rosters.load("north", ADA, **BY)
    seen = []

    def slowly(people: object) -> Roster:
        seen.append(safe())
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(5)  # the loop is free meanwhile
        return Roster(people)  # type: ignore[arg-type]

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(roster_files, "Roster", slowly)
    await rosters.load("north", GRACE, **BY)
    assert seen == ["essays of [PERSON] and Grace Hopper"]


async def test_what_cannot_be_read_changes_nothing(started: Started) -> None:
    rosters = await started.again()
    await rosters.load("north", ADA, **BY)
    before = started.file("north").read_bytes()
    with pytest.raises(RosterUnreadable):
        await rosters.load("north", b"nothing\nof use\n", **BY)
    assert safe() == "essays of [PERSON] and Grace Hopper"
    assert started.file("north").read_bytes() == before


async def test_too_many_people_are_refused(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster_files, "PEOPLE_MAX", 1)
    rosters = await started.again()
    with pytest.raises(RosterUnreadable, match="2 people; expected at most 1"):
        await rosters.load("north", ADA + b"Grace,Hopper\n", **BY)


async def test_while_postgresql_is_away_nothing_changes(
    started: Started, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    rosters = await started.again()
    await rosters.load("north", ADA, **BY)
    before = started.file("north").read_bytes()

    def away() -> None:
        raise StateUnavailable("away")

    monkeypatch.setattr(state, "transaction", away)
    for change in (
        rosters.load("north", GRACE, **BY),
        rosters.remove("north", **BY),
        rosters.set_numbers("north", [r"S\d{7}"], **BY),
    ):
        with pytest.raises(StateUnavailable):
            await change
    assert safe() == "essays of [PERSON] and Grace Hopper"
    assert [file.read_bytes() for file in started.folder.iterdir()] == [before]


async def test_a_disk_that_takes_nothing_is_told_and_changes_nothing(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    rosters = await started.again()
    await rosters.load("north", ADA, **BY)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(roster_files, "write_sealed", full)
    with pytest.raises(StateUnavailable, match="No space left on device"):
        await rosters.load("north", GRACE, **BY)
    assert safe() == "essays of [PERSON] and Grace Hopper"


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda file: file.write_bytes(b"hello"), id="no roster"),
        pytest.param(lambda file: file.write_bytes(b""), id="empty"),
        pytest.param(lambda file: file.write_bytes(file.read_bytes()[:-1]), id="cut"),
        pytest.param(
            lambda file: file.write_bytes(file.read_bytes().replace(b'"nonce":"', b'"nonce":"zz')),
            id="header",
        ),
        pytest.param(lambda file: file.unlink(), id="gone"),
        pytest.param(lambda file: (file.unlink(), file.mkdir()), id="a folder"),
    ],
)
async def test_a_roster_that_cannot_be_used_withholds_its_tenants_texts_alone(
    started: Started, damage: object, caplog: pytest.LogCaptureFixture
) -> None:
    rosters = await started.again()
    for tenant_id in ("north", "south"):
        await rosters.load(tenant_id, ADA, **BY)
    damage(started.file("north"))  # type: ignore[operator]
    rosters = await started.again()
    assert (safe(), safe("south"), safe("west")) == (
        "[withheld]",
        "essays of [PERSON] and Grace Hopper",
        TEXT,
    )
    assert "the roster of north cannot be used: north.roster" in caplog.text
    north, south = await rosters.list()
    assert (north.people, south.problem) == (0, "")
    assert north.problem.startswith("north.roster")
    if not started.file("north").is_dir():
        await rosters.load("north", GRACE, **BY)
        assert safe() == "essays of Ada Lovelace and [PERSON]"


async def test_one_that_cannot_be_used_can_be_removed(started: Started) -> None:
    await (await started.again()).load("north", ADA, **BY)
    started.file("north").unlink()
    rosters = await started.again()
    assert safe() == "[withheld]"
    assert await rosters.remove("north", **BY)
    assert safe() == TEXT
    assert await (await started.again()).list() == []
    assert not await rosters.remove("north", **BY)


async def test_under_another_ring_it_cannot_be_used(started: Started) -> None:
    await (await started.again()).load("north", ADA, **BY)
    (held,) = await (await started.again(KeyRing([("k9", b"9" * 32)]))).list()
    assert held.problem == "north.roster is sealed with the key 'k1'; the ring has k9"


async def test_under_a_rotated_ring_it_is_sealed_anew(started: Started) -> None:
    rosters = await started.again()
    await rosters.load("north", ADA, **BY)
    second = RING.rotated("k2", b"2" * 32)
    await started.again(second)
    assert sealed_under(started.file("north")) == "k2"
    assert started.now
    await started.now.use_ring(second.rotated("k3", b"3" * 32))
    assert sealed_under(started.file("north")) == "k3"
    await started.again(KeyRing([("k3", b"3" * 32)]))
    assert safe() == "essays of [PERSON] and Grace Hopper"


async def test_what_a_killed_platform_left_half_written_is_removed(started: Started) -> None:
    await (await started.again()).load("north", ADA, **BY)
    for name in ("north.next", "north.next.new", "south.roster.new"):
        (started.folder / name).write_bytes(b"half")
    await started.again()
    assert list(started.folder.iterdir()) == [started.file("north")]
    assert safe() == "essays of [PERSON] and Grace Hopper"


async def test_numbers_are_kept_beside_a_roster(started: Started) -> None:
    rosters = await started.again()
    await rosters.set_numbers("north", [r"S\d{7}"], **BY)
    await rosters.load("north", ADA, **BY)
    for _ in range(2):
        assert redact("Ada Lovelace S1234567", tenant_id="north") == "[PERSON] [STUDENT_ID]"
        rosters = await started.again()
    await rosters.remove("north", **BY)
    assert redact("Ada Lovelace S1234567", tenant_id="north") == "Ada Lovelace [STUDENT_ID]"
    assert await rosters.list() == [Held("north", numbers=(r"S\d{7}",))]
    with pytest.raises(PatternRefused):
        await rosters.set_numbers("north", [r"\w+"], **BY)
    await rosters.set_numbers("north", [], **BY)
    assert await rosters.list() == []


async def test_patterns_that_are_not_taken_any_more_withhold(started: Started, state: State) -> None:
    await (await started.again()).set_numbers("north", [r"S\d{7}"], **BY)
    await state.execute("UPDATE tenants SET own_numbers = '{.*}'")
    (held,) = await (await started.again()).list()
    assert "pattern '.*'" in held.problem
    assert safe() == "[withheld]"


def test_what_stands_for_a_roster_sends_every_body_to_be_inspected() -> None:
    assert Withholding("gone").gate is None
