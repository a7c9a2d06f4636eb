"""After a rotation a service tells the platform whose tokens are one person's: once each, proven, without the id."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.eduscope.local_platform import Answer, LocalPlatform

import eduscope
from eduscope import epoch_links
from eduscope.counters import Counters
from eduscope.privacy import KeyRing, default_ring, use_ring
from eduscope.privacy.epochs import is_proven, meet

FIRST = KeyRing([("k1", b"1" * 32)])
SECOND = FIRST.rotated("k2", b"2" * 32)
PATH = "/v1/epochs"


@pytest.fixture(autouse=True)
def own_ring(monkeypatch: pytest.MonkeyPatch, stopped: None) -> Iterator[None]:
    """The ring of before, afterwards; no long waits."""
    monkeypatch.setattr("eduscope.lifecycle.INTERVAL_SECONDS", 0.01)
    before = default_ring()
    yield
    use_ring(before)


def start(platform: LocalPlatform, ring: KeyRing) -> None:
    eduscope.init(
        service="courses", stdout=False, tracing=False, endpoint=platform.url, token_keys=ring.serialised()
    )


def told(platform: LocalPlatform) -> list[dict[str, Any]]:
    return [
        json.loads(line) for taken in platform.taken if taken.path == PATH for line in taken.body.splitlines()
    ]


def test_each_person_is_told_once_with_a_proof_and_without_the_id(platform: LocalPlatform) -> None:
    start(platform, SECOND)
    for person in ("ada@example.edu", "ben@example.edu", "ada@example.edu"):
        with eduscope.bind(user_id=person):
            eduscope.get_logger().info("quiz graded")
    eduscope.shutdown()
    ada, ben = told(platform)
    assert ada["tokens"] == list(SECOND.tokens("ada@example.edu"))
    assert ben["tokens"] == list(SECOND.tokens("ben@example.edu"))
    assert is_proven(ada["tokens"], ada["proof"], SECOND)
    assert not is_proven(ada["tokens"], ben["proof"], SECOND)
    assert b"example.edu" not in b"".join(taken.body for taken in platform.taken)
    assert {line["user_id"] for line in platform.lines()} == {told["tokens"][0] for told in (ada, ben)}


def test_an_earlier_key_proves_nothing() -> None:
    leaked = KeyRing([("k1", FIRST.key())])
    tokens = SECOND.tokens("ada")
    assert not is_proven(tokens, leaked.tokens(" ".join(tokens), "link")[0], SECOND)


def test_a_ring_of_one_key_has_nothing_to_tell(platform: LocalPlatform) -> None:
    start(platform, FIRST)
    assert meet("ada") == FIRST.token("ada")
    eduscope.shutdown()
    assert told(platform) == []


def test_without_an_endpoint_nobody_is_told() -> None:
    eduscope.init(service="courses", stdout=False, tracing=False, token_keys=SECOND.serialised())
    assert meet("ada") == SECOND.token("ada")


def test_what_the_platform_refuses_is_counted_and_no_line_is_lost(
    platform: LocalPlatform, fresh_counters: Counters
) -> None:
    platform.always = Answer(404)  # one that is older
    start(platform, SECOND)
    meet("ada")
    platform.wait_for(1, PATH)
    eduscope.shutdown()
    assert fresh_counters.failures["epochs_status_404"] == 1
    assert not fresh_counters.dropped


def test_the_memory_of_who_was_told_is_bounded(
    platform: LocalPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epoch_links, "KNOWN_MAX", 2)
    start(platform, SECOND)
    for person in ("ada", "ben", "cleo", "ada"):
        meet(person)
    eduscope.shutdown()
    assert len(told(platform)) == 4
