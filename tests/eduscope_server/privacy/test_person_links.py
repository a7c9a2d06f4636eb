"""Links of people over several epochs: kept, followed over rotations, asked for, and ended with an erasure."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from tests.eduscope_server.conftest import Rows
from tests.eduscope_server.privacy.conftest import NOW, log
from tests.ndjson import log_line

from eduscope.privacy import KeyRing, default_ring, use_ring
from eduscope.privacy.epochs import meet, proof
from eduscope_server.ingest.ndjson import LINES
from eduscope_server.privacy.erasure import Erasures
from eduscope_server.privacy.person_links import Claim, PersonLinks
from eduscope_server.privacy.subjects import Subject, subject_of
from eduscope_server.state import State, StateUnavailable
from eduscope_server.store import Store

FIRST = KeyRing([("k1", b"1" * 32)])
SECOND = FIRST.rotated("k2", b"2" * 32)
THIRD = SECOND.rotated("k3", b"3" * 32)


@pytest.fixture
async def links(state: State) -> AsyncIterator[PersonLinks]:
    """The links of a platform whose ring was rotated once."""
    before = default_ring()
    made = PersonLinks(state)
    await made.start(SECOND)
    use_ring(SECOND)
    yield made
    await made.stop()
    use_ring(before)


async def all_of(links: PersonLinks, token: str) -> set[str]:
    return set((await links.of_each([token]))[token])


async def test_who_the_inspection_lane_meets_is_linked(links: PersonLinks) -> None:
    line = log_line(user_id="ada") + log_line(user_id=FIRST.token("ben"))
    assert list(LINES.rows(line, None, None))
    await links.write()
    for token in SECOND.tokens("ada"):
        assert await all_of(links, token) == set(SECOND.tokens("ada"))
    assert await all_of(links, FIRST.token("ben")) == {FIRST.token("ben")}


async def test_a_ring_of_one_key_links_nobody(state: State, links: PersonLinks) -> None:
    await links.use_ring(FIRST)
    use_ring(FIRST)
    assert meet("ada") == FIRST.token("ada")
    await links.write()
    assert await state.fetch("SELECT * FROM person_links") == []


async def test_links_follow_further_rotations_also_of_a_ring_that_has_dropped_a_key(
    links: PersonLinks,
) -> None:
    meet("ada")
    await links.use_ring(KeyRing([("k3", THIRD.key("k3")), ("k2", THIRD.key("k2"))]))
    meet("ada")
    await links.write()
    for token in THIRD.tokens("ada"):
        assert await all_of(links, token) == set(THIRD.tokens("ada"))


async def test_a_rotation_that_is_taken_back_leaves_no_circle(links: PersonLinks) -> None:
    meet("ada")
    await links.write()
    await links.use_ring(KeyRing([("k1", SECOND.key("k1")), ("k2", SECOND.key("k2"))]))
    meet("ada")
    await links.write()
    for token in SECOND.tokens("ada"):
        assert await all_of(links, token) == set(SECOND.tokens("ada"))


async def test_an_admin_names_people_and_nobody_is_kept(state: State, links: PersonLinks) -> None:
    assert await links.see(["ada", "ben", "ada"]) == 2
    assert await all_of(links, FIRST.token("ben")) == set(SECOND.tokens("ben"))
    kept = str(await state.fetch("SELECT * FROM person_links"))
    assert "ada" not in kept.replace(FIRST.token("ada"), "").replace(SECOND.token("ada"), "")


def claim(value: str, ring: KeyRing, proven_by: KeyRing) -> Claim:
    return Claim(list(ring.tokens(value)), proof(ring.tokens(value), proven_by))


async def test_what_services_tell_is_linked_where_it_is_proven_by_the_current_key(
    links: PersonLinks, caplog: pytest.LogCaptureFixture
) -> None:
    ada, ben = SECOND.tokens("ada"), SECOND.tokens("ben")
    forged = Claim([ada[0], ben[1]], proof(ada, SECOND))
    await links.take([claim("ada", SECOND, SECOND), claim("ben", SECOND, FIRST), forged])
    assert await all_of(links, ada[1]) == set(ada)
    assert await all_of(links, ben[1]) == {ben[1]}
    assert caplog.messages == ["links of people are not proven by the current key: 2"]


async def test_a_key_that_has_not_arrived_yet_is_waited_for(links: PersonLinks) -> None:
    with pytest.raises(StateUnavailable, match="has not yet the key"):
        await links.take([claim("ada", THIRD, THIRD)])


async def test_what_waits_is_written_once_postgresql_is_back(
    state: State, links: PersonLinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet("ada")
    with monkeypatch.context() as away:
        away.setattr(State, "transaction", _away)
        with pytest.raises(StateUnavailable):
            await links.write()
    await links.write()
    assert len(await all_of(links, FIRST.token("ada"))) == 2


def _away(_state: State) -> None:
    raise StateUnavailable("PostgreSQL does not answer")


async def test_an_erasure_by_one_token_takes_the_rows_of_all_epochs_and_ends_the_links(
    links: PersonLinks, put_logs: Rows, clean_store: Store, state: State, erasures: Erasures
) -> None:
    put_logs(
        log(user_id=FIRST.token("ada")), log(user_id=SECOND.token("ada")), log(user_id=SECOND.token("ben"))
    )
    await links.see(["ada", "ben"])
    erased = await erasures.erase(Subject((FIRST.token("ada"),)), reason="asked for", by="vera")
    assert erased.found["logs"] == 2
    assert clean_store.select("SELECT user_id FROM eduscope.logs") == [{"user_id": SECOND.token("ben")}]
    assert [row["current"] for row in await state.fetch("SELECT current FROM person_links")] == [
        SECOND.token("ben")
    ]
    meet("ada")  # a late record
    await links.write()
    assert await all_of(links, FIRST.token("ada")) == {FIRST.token("ada")}


async def test_an_erasure_in_one_tenant_keeps_the_links(
    links: PersonLinks, put_logs: Rows, clean_store: Store, erasures: Erasures
) -> None:
    put_logs(
        log(user_id=FIRST.token("ada")),
        log(user_id=SECOND.token("ada"), timestamp=(NOW - timedelta(seconds=1)).isoformat()),
        log(user_id=FIRST.token("ada"), tenant_id="school-b"),
    )
    await links.see(["ada"])
    await erasures.erase(Subject((SECOND.token("ada"),), "school-a"), reason="asked for", by="vera")
    assert clean_store.select("SELECT tenant_id FROM eduscope.logs") == [{"tenant_id": "school-b"}]
    assert await all_of(links, FIRST.token("ada")) == set(SECOND.tokens("ada"))


async def test_a_raw_id_is_erased_in_epochs_that_the_ring_has_dropped(
    links: PersonLinks, put_logs: Rows, clean_store: Store, erasures: Erasures
) -> None:
    put_logs(log(user_id=FIRST.token("ada")))
    await links.see(["ada"])
    dropped = KeyRing([("k2", SECOND.key("k2"))])
    await erasures.erase(subject_of("ada", dropped), reason="asked for", by="vera")
    assert clean_store.select("SELECT user_id FROM eduscope.logs") == []
