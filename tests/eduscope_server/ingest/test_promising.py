"""Producers whose blocks the plain inlet refused are tried again, ever more rarely."""

from eduscope_server.ingest import promising
from eduscope_server.ingest.promising import PromisingProducers


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_an_unknown_producer_is_tried() -> None:
    assert PromisingProducers().may_try("p/courses")


def test_each_refusal_doubles_the_pause_up_to_the_longest() -> None:
    clock = Clock()
    producers = PromisingProducers(clock)
    pauses = []
    for _ in range(12):
        assert producers.may_try("p/courses")
        producers.refused("p/courses")
        started = clock.seconds
        while not producers.may_try("p/courses"):
            clock.seconds += 0.5
        pauses.append(clock.seconds - started)
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == promising.LONGEST_PAUSE_SECONDS


def test_blocks_refused_together_count_once() -> None:
    clock = Clock()
    producers = PromisingProducers(clock)
    for _ in range(16):
        producers.refused("p/courses")
    clock.seconds = 1.0
    assert producers.may_try("p/courses")


def test_a_plain_block_forgives() -> None:
    clock = Clock()
    producers = PromisingProducers(clock)
    for _ in range(5):
        producers.refused("p/courses")
        clock.seconds += 1000
    producers.kept("p/courses")
    producers.refused("p/courses")
    clock.seconds += 1
    assert producers.may_try("p/courses")


def test_one_producer_does_not_pause_another() -> None:
    producers = PromisingProducers(Clock())
    producers.refused("p/courses")
    assert producers.may_try("p/tutor")


def test_the_memory_is_bounded() -> None:
    producers = PromisingProducers(Clock())
    for n in range(promising.PRODUCERS_MAX + 10):
        producers.refused(f"p/{n}")
    assert len(producers._paused) == promising.PRODUCERS_MAX
