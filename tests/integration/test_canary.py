"""Nobody's data at rest in clear: seeded people go in by every way there is, and every byte left behind is searched."""

from pathlib import Path

import pytest
from tests.canary.bodies import DOORS
from tests.canary.flight import Canary, portions
from tests.canary.identities import KINDS, identities
from tests.canary.searching import CASED, Search, encodings

PEOPLE = 25
SERVICE_PEOPLE = 1


def test_no_person_is_found_in_any_byte_that_is_left(tmp_path: Path) -> None:
    flight = Canary(tmp_path, PEOPLE, service_people=SERVICE_PEOPLE).fly()
    assert flight.records > PEOPLE * len(KINDS)
    assert flight.bodies >= len(DOORS) * len(KINDS)
    assert flight.refused > 0
    assert flight.searched_bytes > 10_000_000, "the search has not seen the data folder"
    assert dict(flight.hits) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_the_search_finds_every_kind_in_every_encoding(kind: str) -> None:
    people = list(identities(50))
    search = Search(people)
    (value,) = (value for value in people[17] if value.kind == kind)
    for encoding, word in encodings(value.needle):
        for lead in range(9):
            written = word if encoding in CASED else word.upper()
            found = search.of(b"\x00" * 1000 + b"." * lead + written + b"...")
            assert found[kind, encoding] >= 1  # two may be born on a day


def test_the_search_finds_what_two_blocks_share() -> None:
    people = list(identities(5))
    search = Search(people)
    word = people[3][2].needle.encode()
    for before in range(-len(word), 3):
        assert search.of(b"." * ((16 << 20) + before) + word + b"." * 900)["email", "text"] == 1


def test_every_kind_goes_through_every_door() -> None:
    people = list(identities(len(DOORS)))
    turns = [(turn + turn // len(KINDS)) % len(DOORS) for turn, _ in enumerate(portions(people, 1))]
    seen = {(turns[turn], values[0].kind) for turn, values in enumerate(portions(people, 1))}
    assert len(seen) == len(DOORS) * len(KINDS)
