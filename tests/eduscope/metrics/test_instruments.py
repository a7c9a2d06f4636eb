import sys
import threading

import pytest

import eduscope
from eduscope import metrics
from eduscope.counters import Counters
from eduscope.metrics.guard import OTHER, SERIES_MAX, Guard
from eduscope.metrics.instruments import Histogram
from eduscope.metrics.red import Requests
from eduscope.testing import Captured


def histogram(*labels: str, series_max: int = SERIES_MAX) -> Histogram:
    """A histogram that nobody else knows."""
    guard = Guard("seconds", labels, lambda metric, label: None, series_max)
    return Histogram("seconds", "Seconds.", labels, guard, (0.1, 1.0))


def test_a_name_stands_for_one_metric() -> None:
    jobs = metrics.counter("tests_jobs", "Jobs.", ("queue",))
    assert metrics.counter("tests_jobs_total", "Jobs.", ("queue",)) is jobs
    with pytest.raises(metrics.MetricError, match="tests_jobs is declared as gauge"):
        metrics.gauge("tests_jobs", "Jobs.", ("queue",))
    with pytest.raises(metrics.MetricError, match="the same labels"):
        metrics.counter("tests_jobs", "Jobs.", ("queue", "tenant"))


@pytest.mark.parametrize(
    ("name", "label"), [("a b", "x"), ("", "x"), ("ok", "le"), ("ok", "__x"), ("ok", "a-b")]
)
def test_a_name_prometheus_does_not_know_is_refused_where_it_is_declared(name: str, label: str) -> None:
    with pytest.raises(metrics.MetricError):
        metrics.counter(name, "Says.", (label,))


def test_a_counter_only_grows(fresh_counters: Counters) -> None:
    counter = metrics.counter("tests_growing", "Grows.", ("queue",))
    for by in (1, 2.5, -1, float("nan"), float("inf")):
        counter.add(("grades",), by)
    assert counter.series["grades",] == [3.5]
    assert fresh_counters.failures["metric_value:tests_growing"] == 3


def test_a_gauge_goes_up_and_down() -> None:
    gauge = metrics.gauge("tests_waiting", "Waiting.", ("queue",))
    gauge.set(("grades",), 5)
    gauge.add(("grades",), -2)
    assert gauge.series["grades",] == [3]


def test_an_observation_is_in_its_bucket_with_its_exemplar() -> None:
    seconds = histogram("route")
    for value in (0.1, 0.5, 99.0, float("nan")):
        seconds.observe(("/",), value, trace_id=0xABC if value == 0.5 else "")
    counts, total, exemplars = seconds.series["/",]
    assert counts == [1, 1, 1]
    assert total == [pytest.approx(99.6)]
    assert exemplars[0] is None
    assert exemplars[1] is not None
    assert exemplars[1][:2] == (0.5, 0xABC)


@pytest.mark.parametrize("labels", [(), ("a", "b"), ["a"], None, "ab", ([],)])
def test_labels_that_do_not_fit_are_counted_and_not_raised(labels: object, fresh_counters: Counters) -> None:
    seconds = histogram("route")
    seconds.observe(labels, 1.0)  # type: ignore[arg-type]  # what a host may do
    assert not seconds.series
    assert fresh_counters.failures.total() == 1


def test_the_label_that_explodes_is_folded_and_the_others_are_kept() -> None:
    seconds = histogram("method", "route", series_max=100)
    for n in range(1000):
        seconds.observe(("GET" if n % 2 else "POST", f"/{n}"), 0.1)
    assert len(seconds.series) == 102
    assert {("GET", OTHER), ("POST", OTHER)} <= set(seconds.series)
    assert seconds.guard.folded_labels() == ["route"]
    assert sum(cell[0][0] for cell in seconds.series.values()) == 1000


def test_a_second_label_that_explodes_is_folded_too() -> None:
    seconds = histogram("method", "route", series_max=100)
    for n in range(1000):
        seconds.observe((f"{n}", f"/{n % 200}"), 0.1)
    for n in range(1000):
        seconds.observe(("GET", f"/new/{n}"), 0.1)
    assert len(seconds.series) <= 121
    assert (OTHER, OTHER) in seconds.series


def test_folding_is_counted_and_said_once(seen: Captured, fresh_counters: Counters) -> None:
    exploding = metrics.counter("tests_exploding", "Explodes.", ("session",))
    for n in range(2 * SERIES_MAX):
        exploding.add((f"s{n}",))
    (line,) = seen.lines
    assert (line["log_level"], line["metric.name"], line["metric.label"]) == (
        "warning", "tests_exploding", "session",
    )  # fmt: skip
    assert (
        'eduscope_metrics_folded_total{label="session",metric="tests_exploding"} 1.0'
        in metrics.text().decode()
    )
    assert exploding.series["other",] == [SERIES_MAX]


def test_personal_data_does_not_leave_in_a_label() -> None:
    seconds = histogram("who")
    seconds.observe(("anna@school.example",), 0.1)
    seconds.observe(("berta@school.example",), 0.1)
    assert {key: cell[0] for key, cell in seconds.series.items()} == {("[EMAIL]",): [2, 0, 0]}


def test_a_request_is_counted_by_route_and_status_class() -> None:
    requests = Requests()
    for seconds in (0.001, 0.005, 0.3, 99.0):
        requests.observe("GET", "/", 503, seconds)
    counts, total, _ = requests.series["GET", "/", "5xx"]
    assert counts == [2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    assert total == [pytest.approx(99.306)]


def test_what_is_read_when_asked_is_shown_and_a_bad_reader_hides_nothing(fresh_counters: Counters) -> None:
    def broken() -> list[tuple[tuple[str, ...], float]]:
        raise OSError

    gauge = eduscope.metrics.gauge("tests_read", "Read.", ("state",), read=lambda: [(("idle",), 2)])
    gauge.read_with(broken)
    gauge.read_with(lambda: [(("idle",), 3), (("used",), 1)])
    text = metrics.text().decode()
    assert 'tests_read{state="idle"} 5.0' in text
    assert 'tests_read{state="used"} 1.0' in text
    assert fresh_counters.failures["metric:tests_read"] == 1


def test_many_threads_lose_no_count() -> None:
    seconds = histogram("thread")
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def work() -> None:
        for _ in range(20_000):
            seconds.observe(("all",), 1.0)

    threads = [threading.Thread(target=work) for _ in range(8)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    counts, total, _ = seconds.series["all",]
    assert (sum(counts), total[0]) == (160_000, 160_000)
