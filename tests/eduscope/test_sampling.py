import json
from collections.abc import Iterator

import pytest

import eduscope
from eduscope import logging
from eduscope.contract import HIGH_VOLUME_EVENTS, attribute
from eduscope.counters import Counters
from eduscope.line import Lines
from eduscope.sampling import Sampling

log = eduscope.get_logger()


@pytest.fixture
def written() -> Iterator[list[bytes]]:
    """What a service writes that keeps one journey in ten."""
    raw: list[bytes] = []
    lines = Lines(
        service="video", environment="production", release="", level="info", write=raw.append,
        sampling=Sampling(["Video position reported", *HIGH_VOLUME_EVENTS], 0.1),
    )  # fmt: skip
    before = logging.use(lines)
    yield raw
    logging.use(before)


def journeys(raw: list[bytes]) -> dict[str, int]:
    """Correlation id to lines."""
    counted: dict[str, int] = {}
    for line in raw:
        journey = json.loads(line)["correlation_id"]
        counted[journey] = counted.get(journey, 0) + 1
    return counted


def test_a_share_of_the_journeys_is_kept_each_of_them_whole(
    written: list[bytes], fresh_counters: Counters
) -> None:
    for n in range(2_000):
        with eduscope.bind(correlation_id=f"journey-{n:08d}"):
            for _ in range(3):
                log.info("video position reported", count=n)
    kept = journeys(written)
    assert 150 <= len(kept) <= 250
    assert set(kept.values()) == {3}
    assert {json.loads(line)["sample_rate"] for line in written} == {0.1}
    assert fresh_counters.sampled_out == 6_000 - len(written)


def test_two_services_keep_the_same_journeys() -> None:
    one, other = Sampling(["a"], 0.01), Sampling(["b"], 0.01)
    ids = [f"{n:032x}" for n in range(50_000)]
    kept = [i for i in ids if one.keeps(i)]
    assert kept == [i for i in ids if other.keeps(i)]
    assert 400 <= len(kept) <= 600


def test_from_warning_on_every_line_is_kept_and_says_no_rate(written: list[bytes]) -> None:
    for n in range(50):
        with eduscope.bind(correlation_id=f"journey-{n:08d}"):
            log.warning("video position reported")
            log.error("video position reported")
    assert len(written) == 100
    assert not any("sample_rate" in json.loads(line) for line in written)


def test_a_warning_does_not_let_the_next_lines_of_its_event_through(written: list[bytes]) -> None:
    log.warning("video position reported")
    with eduscope.bind(correlation_id="journey-00000000"):
        kept = Sampling(["x"], 0.1).keeps("journey-00000000")
        log.info("video position reported")
    assert len(written) == 1 + kept


def test_other_events_are_kept_whole(written: list[bytes]) -> None:
    for n in range(50):
        log.info("quiz graded", count=n)
    assert len(written) == 50


def test_work_of_no_journey_is_drawn_line_by_line(written: list[bytes]) -> None:
    for _ in range(2_000):
        log.info("VIDEO position reported")
    assert 120 <= len(written) <= 290


def test_the_correlation_id_given_for_one_line_decides_that_line(written: list[bytes]) -> None:
    for n in range(300):
        log.info("heartbeat", correlation_id=f"journey-{n:08d}")
    rule = Sampling(["heartbeat"], 0.1)
    assert set(journeys(written)) == {
        f"journey-{n:08d}" for n in range(300) if rule.keeps(f"journey-{n:08d}")
    }


@pytest.mark.parametrize(("rate", "kept"), [(0.0, 0), (1.0, 100)])
def test_all_or_none_may_be_kept(rate: float, kept: int) -> None:
    raw: list[bytes] = []
    lines = Lines(
        service="s", environment="e", release="", level="info", write=raw.append,
        sampling=Sampling(["heartbeat"], rate),
    )  # fmt: skip
    for _ in range(100):
        lines.write(20, "heartbeat", {})
    assert len(raw) == kept


def test_a_service_samples_by_the_contract_and_by_its_own_list(
    stopped: None, capfd: pytest.CaptureFixture[str]
) -> None:
    eduscope.init(service="video", high_volume_events="frame drawn", high_volume_sample_rate=0, tracing=False)
    for message in ("frame drawn", "heartbeat", "quiz graded"):
        log.info(message)
    assert [json.loads(line)["message"] for line in capfd.readouterr().out.splitlines()] == ["quiz graded"]


def test_the_rate_is_declared() -> None:
    assert attribute("sample_rate") is not None
