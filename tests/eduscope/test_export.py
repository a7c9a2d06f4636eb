import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from tests.eduscope.local_platform import Answer, LocalPlatform

from eduscope.counters import Counters
from eduscope.delivery import Delivery, judge, platform_door
from eduscope.export import LINE_OVERHEAD_BYTES, Exporter, Outcome, Verdict

LINE = b'{"message":"said"}\n'
Make = Callable[..., Exporter]


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes exporters to an address; closed after the test."""
    made: list[Exporter] = []

    def make(url: str, *, timeout_seconds: float = 1.0, **options: object) -> Exporter:
        settings = {"queue_bytes": 100_000, "batch_bytes": 50_000, "interval_seconds": 0.02, **options}
        door = platform_door(url, "key-1")
        exporter = Exporter(lambda: Delivery(door, timeout_seconds), **settings)  # type: ignore[arg-type]
        made.append(exporter)
        return exporter

    yield make
    for exporter in made:
        exporter.close(0)


def test_lines_arrive_as_they_were_with_the_key(platform: LocalPlatform, make: Make) -> None:
    exporter = make(platform.url)
    for n in range(100):
        exporter.offer(b'{"n":%d}\n' % n)
    assert exporter.flush(5)
    assert [line["n"] for line in platform.lines()] == list(range(100))
    first = platform.taken[0]
    assert first.headers["authorization"] == "Bearer key-1"
    assert first.headers["content-type"] == "application/x-ndjson"
    assert first.headers["content-encoding"] == "zstd"


def test_a_path_of_the_endpoint_is_kept(platform: LocalPlatform, make: Make) -> None:
    exporter = make(f"{platform.url}/eduscope")
    exporter.offer(LINE)
    assert exporter.flush(5)
    assert platform.taken[0].path == "/eduscope/v1/ndjson"


def test_a_busy_platform_is_asked_again_when_it_said(platform: LocalPlatform, make: Make) -> None:
    platform.then.extend([Answer(503, {"Retry-After": "0.6"}), Answer(429)])
    exporter = make(platform.url)
    started = time.monotonic()
    exporter.offer(LINE)
    platform.wait_for(3)
    assert time.monotonic() - started > 0.6
    assert exporter.flush(5)


def test_a_refusal_is_final_and_counted(
    platform: LocalPlatform, make: Make, fresh_counters: Counters
) -> None:
    platform.always = Answer(401)
    exporter = make(platform.url)
    exporter.offer(LINE)
    exporter.offer(LINE)
    assert exporter.flush(5)
    assert fresh_counters.dropped == {"status_401": 2}
    assert len(platform.taken) == 1


def test_a_batch_the_platform_fails_on_does_not_stop_the_others(
    platform: LocalPlatform, make: Make, fresh_counters: Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eduscope.export.BACKOFF_FIRST_SECONDS", 0.01)
    platform.then.extend([Answer(500)] * 5)
    exporter = make(platform.url)
    exporter.offer(LINE)
    platform.wait_for(5)
    exporter.offer(LINE)
    assert exporter.flush(5)
    assert fresh_counters.dropped == {"status_500": 1}
    assert fresh_counters.sent_lines == 1


@pytest.mark.parametrize("keep_newest", [True, False])
def test_a_dead_platform_costs_drops_and_no_time(
    make: Make, fresh_counters: Counters, keep_newest: bool
) -> None:
    exporter = make("http://127.0.0.1:9", queue_bytes=10_000, keep_newest=keep_newest)
    slowest = 0.0
    for _ in range(5_000):
        started = time.perf_counter()
        exporter.offer(LINE)
        slowest = max(slowest, time.perf_counter() - started)
    assert slowest < 1.8  # a busy test machine may look away for a while; a blocked host waits for timeouts
    assert exporter.queued_bytes <= 10_000
    kept = exporter.queued_bytes // (len(LINE) + LINE_OVERHEAD_BYTES)
    assert fresh_counters.dropped["queue_full"] == 5_000 - kept


def test_the_newest_or_the_oldest_lines_are_kept_as_configured(platform: LocalPlatform, make: Make) -> None:
    for keep_newest, first in ((True, b"90"), (False, b"00")):
        exporter = make(platform.url, queue_bytes=1_000, interval_seconds=30, keep_newest=keep_newest)
        for n in range(100):
            exporter.offer(b'{"n":"%02d"}%s\n' % (n, b" " * 9))
        assert exporter.flush(5)
        assert first in platform.taken[-1].body.splitlines()[0]


def test_a_slow_platform_blocks_nobody(platform: LocalPlatform, make: Make) -> None:
    platform.always = Answer(200, after_seconds=3)
    exporter = make(platform.url, timeout_seconds=2)
    exporter.offer(LINE)
    platform.wait_for(1)
    started = time.perf_counter()
    exporter.offer(LINE)
    assert time.perf_counter() - started < 1.8
    assert not exporter.flush(0.05)


def test_the_end_is_bounded_and_what_is_left_is_counted(make: Make, fresh_counters: Counters) -> None:
    exporter = make("http://127.0.0.1:9")
    for _ in range(10):
        exporter.offer(LINE)
    started = time.monotonic()
    exporter.close(0.3)
    assert time.monotonic() - started < 3
    assert fresh_counters.dropped == {"shutdown": 10}
    exporter.offer(LINE)
    assert fresh_counters.dropped["closed"] == 1


def test_nothing_is_lost_at_a_normal_end(platform: LocalPlatform, make: Make) -> None:
    exporter = make(platform.url, interval_seconds=30)
    for n in range(1_000):
        exporter.offer(b'{"n":%d}\n' % n)
    exporter.close(5)
    assert len(platform.lines()) == 1_000


def test_a_forked_child_sends_its_own_lines_and_not_its_parents(platform: LocalPlatform, make: Make) -> None:
    exporter = make(platform.url, interval_seconds=30)
    exporter.offer(b'{"of":"parent"}\n')
    child = os.fork()
    if child == 0:
        exporter.offer(b'{"of":"child"}\n')
        exporter.close(5)
        os._exit(0)
    os.waitpid(child, 0)
    assert [line["of"] for line in platform.lines()] == ["child"]
    assert exporter.flush(5)
    assert [line["of"] for line in platform.lines()] == ["child", "parent"]


def test_a_sender_that_breaks_is_replaced_with_the_next_line(fresh_counters: Counters) -> None:
    sent: list[bytes] = []

    class Breaking:
        def send(self, body: bytes, batch_id: str) -> Outcome:
            sent.append(body)
            if len(sent) == 1:
                raise RuntimeError("bug")
            return Outcome(Verdict.KEPT)

        def close(self) -> None:
            return

    exporter = Exporter(Breaking, queue_bytes=10_000, batch_bytes=1_000, interval_seconds=0.01)
    exporter.offer(LINE)
    until = time.monotonic() + 5
    while fresh_counters.failures["export"] == 0 and time.monotonic() < until:
        time.sleep(0.01)
    exporter.offer(LINE)
    assert exporter.flush(5)
    assert sent == [LINE, LINE]
    assert fresh_counters.dropped == {"failed": 1}
    exporter.close(1)


def test_a_sender_that_cannot_be_made_is_made_with_the_next_line(fresh_counters: Counters) -> None:
    sent: list[bytes] = []
    tries: list[None] = []

    class Sending:
        def send(self, body: bytes, batch_id: str) -> Outcome:
            sent.append(body)
            return Outcome(Verdict.KEPT)

        def close(self) -> None:
            return

    def make_sender() -> Sending:
        tries.append(None)
        if len(tries) == 1:
            raise OSError("no more files may be open")
        return Sending()

    exporter = Exporter(make_sender, queue_bytes=10_000, batch_bytes=1_000, interval_seconds=0.01)
    exporter.offer(LINE)
    until = time.monotonic() + 5
    while exporter._thread is not None and time.monotonic() < until:
        time.sleep(0.01)
    assert fresh_counters.failures["export"] == 1
    exporter.offer(LINE)
    assert exporter.flush(5)
    assert b"".join(sent) == LINE * 2
    assert not fresh_counters.dropped
    exporter.close(1)


def test_a_batch_keeps_its_id_when_it_is_sent_again(platform: LocalPlatform, make: Make) -> None:
    platform.then.append(Answer(503))
    exporter = make(platform.url)
    exporter.offer(LINE)
    first, second = (taken.headers["eduscope-batch-id"] for taken in platform.wait_for(2))
    assert first == second
    exporter.offer(LINE)
    assert platform.wait_for(3)[2].headers["eduscope-batch-id"] != first


def test_where_zstd_is_refused_or_not_installed_it_is_gzip(
    platform: LocalPlatform, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.then.append(Answer(415))
    exporter = make(platform.url)
    for _ in range(2):
        exporter.offer(LINE)
        assert exporter.flush(5)
    monkeypatch.setattr("eduscope.delivery.has_zstd", lambda: False)
    without = make(platform.url)
    without.offer(LINE)
    assert without.flush(5)
    encodings = [taken.headers["content-encoding"] for taken in platform.taken]
    assert encodings == ["zstd", "gzip", "gzip", "gzip"]
    assert len(platform.lines()) == 4


def test_many_threads_lose_nothing(platform: LocalPlatform, make: Make) -> None:
    exporter = make(platform.url, queue_bytes=10_000_000)

    def work() -> None:
        for _ in range(500):
            exporter.offer(LINE)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert exporter.flush(10)
    assert len(platform.lines()) == 4_000


@pytest.mark.parametrize(
    ("status", "retry_after", "outcome"),
    [
        (200, None, Outcome(Verdict.KEPT)),
        (204, None, Outcome(Verdict.KEPT)),
        (400, None, Outcome(Verdict.REFUSED, "status_400")),
        (413, None, Outcome(Verdict.REFUSED, "status_413")),
        (429, "2", Outcome(Verdict.LATER, "status_429", 2.0)),
        (503, "1e9", Outcome(Verdict.LATER, "status_503", 60.0)),
        (503, "-5", Outcome(Verdict.LATER, "status_503", 0.0)),
        (503, "Wed, 21 Oct 2026 07:28:00 GMT", Outcome(Verdict.LATER, "status_503", 0.0)),
        (503, "Wed, 21 Oct 2126 07:28:00 GMT", Outcome(Verdict.LATER, "status_503", 60.0)),
        (503, "soon", Outcome(Verdict.LATER, "status_503", 0.0)),
        (503, "nan", Outcome(Verdict.LATER, "status_503", 0.0)),
        (500, None, Outcome(Verdict.DOUBTFUL, "status_500")),
    ],
)
def test_an_answer_decides_what_is_next(status: int, retry_after: str | None, outcome: Outcome) -> None:
    assert judge(status, retry_after) == outcome


def test_a_refusal_is_complained_of_at_once_and_once(platform: LocalPlatform, make: Make) -> None:
    complaints: list[str] = []
    platform.always = Answer(401)
    exporter = make(platform.url, complain=complaints.append)
    for _ in range(3):
        exporter.offer(LINE)
        assert exporter.flush(5)
    assert complaints == ["status_401"]


def test_a_platform_that_is_away_is_complained_of_after_some_tries(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eduscope.export.BACKOFF_FIRST_SECONDS", 0.01)
    complaints: list[str] = []
    exporter = make("http://127.0.0.1:9", complain=complaints.append)
    exporter.offer(LINE)
    assert not exporter.flush(1)
    assert complaints == ["unreachable"]
