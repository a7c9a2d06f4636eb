"""How fast personal data is found: by the gate, in batches, in the inspection lane, in the SDK."""

import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from bench.budgets import Budgets, best_seconds, megabytes
from bench.made_records import clean_bodies, clean_message, event

from eduscope.privacy import Gate, KeyRing, find, is_clean, redact, use_ring

CLEAN_MESSAGES = (
    "enrolment confirmed for course algebra, seat reserved ok now",
    "GET /courses/{id}/quizzes 200 in 12.4 ms",
    "slow query took 1234 ms: select from enrolments where tenant",
    "job 7eb0adf4-22ce-4afb-892f-dddf18f2c41c done after 00:23:26.988",
)


def print_gate(budgets: Budgets, megabytes: int = 50) -> None:
    """How fast the gate is on clean OTLP, and how often it opens for nothing."""
    started = time.perf_counter()
    gate = Gate.compile()
    print(f"gate, compile:              {time.perf_counter() - started:8.2f} s")
    bodies = list(clean_bodies(megabytes * 6))
    size = sum(map(len, bodies))
    names = Counter(name for body in bodies if (name := gate.first(body)))
    seconds = best_seconds(lambda: [gate.first(body) for body in bodies], 3)
    budgets.floor(
        f"gate, {size / 1e6:.0f} MB of OTLP by {size // len(bodies)} B", size / seconds / 1e6, 250, "MB/s"
    )
    between = 0.0
    for body in clean_bodies(megabytes * 6):  # made between the scans, so that each begins with cold caches
        started = time.process_time()
        gate.first(body)
        between += time.process_time() - started
    print(f"gate, between other work:   {size / between / 1e6:8.0f} MB/s")
    opened = f"{100 * names.total() / len(bodies):8.2f} % ({names.total()} of {len(bodies)} bodies)"
    print(f"gate, opened for nothing:   {opened} {dict(names) or ''}")
    together = b"".join(clean_bodies(20, seed=8))
    print(
        f"gate, best of 10 on 3.7 MB: {len(together) / best_seconds(lambda: gate.hit(together), 10) / 1e6:8.0f} MB/s"
    )
    alone, beside = (
        _counted_beside(lambda: time.sleep(0.3)),
        _counted_beside(lambda: [gate.hit(together) for _ in range(20)]),
    )
    print(f"GIL: another thread counts at {100 * beside / alone:.0f} % of its speed while the gate scans")


def _counted_beside(work: Callable[[], object]) -> float:
    """How many steps per second another thread makes during the work."""
    steps, done = [0], threading.Event()

    def count() -> None:
        while not done.is_set():
            steps[0] += 1

    thread = threading.Thread(target=count)
    thread.start()
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    done.set()
    thread.join()
    return steps[0] / seconds


def print_messages() -> None:
    """What the logger pays per message."""
    for message in CLEAN_MESSAGES:
        again = best_seconds(lambda m=message: [is_clean(m) for _ in range(10_000)]) / 10_000  # type: ignore[misc]
        first = best_seconds(lambda m=message: [find(m, "message") for _ in range(10_000)]) / 10_000  # type: ignore[misc]
        print(f"is_clean, first time {first * 1e6:6.2f} µs, again {again * 1e6:6.3f} µs   {message}")
    random = Random(3)
    messages = [clean_message(random) for _ in range(20_000)]
    seconds = best_seconds(lambda: [redact(m) for m in messages], 3)
    print(f"redact, clean messages:     {sum(map(len, messages)) / seconds / 1e6:8.1f} MB/s")


def print_batches(data: Path | None, budgets: Budgets) -> None:
    """How fast many messages are redacted at once, by how many of them hold something."""
    from eduscope.privacy.batch import batch_redactor
    from eduscope_server.ingest.inspection.ndjson import BATCH_LINES

    redactor, random = batch_redactor(), Random(3)

    def redacted(texts: list[str]) -> list[str]:
        """As many at once as in the inspection lane."""
        firsts = range(0, len(texts), BATCH_LINES)
        return [text for first in firsts for text in redactor.redact(texts[first : first + BATCH_LINES])]

    for dirty in (0.0, 0.02, 0.2):
        texts = [event(random, dirty)["message"] for _ in range(20_000)]
        speed = megabytes(texts) / best_seconds(lambda t=texts: redacted(t), 3)  # type: ignore[misc]
        what = f"batches, {100 * dirty:.0f} % of messages dirty"
        if dirty <= 0.02:
            budgets.floor(what, speed, 60, "MB/s")
        else:
            budgets.figure(what, speed, "MB/s")
    if data is None:
        return
    every: list[str] = []
    for path in sorted((data / "logs").glob("*.log")):
        lines = path.read_text("utf-8", "replace").splitlines()
        every += lines
        found = sum(kept != line for kept, line in zip(redacted(lines), lines, strict=True))
        speed = megabytes(lines) / best_seconds(lambda t=lines: redacted(t), 3)  # type: ignore[misc]
        print(f"batches, {path.stem:20} {100 * found / len(lines):3.0f} % dirty {speed:18.3g} MB/s")
    speed = megabytes(every) / best_seconds(lambda: redacted(every), 3)
    budgets.floor("batches, all real logs together", speed, 60, "MB/s")


def print_inspection(budgets: Budgets) -> None:
    """How fast JSON events go past the gate and, where it finds something, through the inspection lane: scanned,
    divided, and those with a find parsed, every field treated, people tokenised, written. The second row is the same
    where every event has to be inspected, as for a key that is bound to a tenant.
    """
    import msgspec

    from eduscope_server.ingest.division import divided_lines
    from eduscope_server.ingest.inspection.ndjson import line_rows
    from eduscope_server.ingest.lanes import APART_BYTES
    from eduscope_server.ingest.ndjson import lines_of

    encode = msgspec.json.Encoder().encode_lines
    gate = Gate.compile()

    def divided(body: bytes) -> bytes:
        ends = gate.ends(body, apart_bytes=APART_BYTES)
        odd = body if ends is None else divided_lines(body, ends)[1] if ends else b""
        return b"\n".join(line_rows(lines_of(odd), None))

    random = Random(5)
    ring = KeyRing([("k1", b"0" * 32)])
    for dirty in (0.02, 0.2):
        bodies = [encode([event(random, dirty) for _ in range(2000)]) for _ in range(24)]
        size = sum(map(len, bodies)) / len(bodies)
        what = f"inspection, {100 * dirty:.0f} % dirty, {size / 2000:.0f} B each"
        # Of 20,000 people and 5,000 addresses: all are new to the first bodies, known to the last as on any day.
        first, later = timed(divided, bodies, ring)
        budgets.figure(f"{what}, people seen for the first time", 2 / first, "k/s")
        budgets.floor(f"{what}, events", 2 / later, 80, "k/s")
        budgets.floor(f"{what}, bytes", size / later / 1e6, 60, "MB/s")
        _, later = timed(lambda body: b"\n".join(line_rows(lines_of(body), None)), bodies, ring)
        every = f"inspection, {100 * dirty:.0f} % dirty, all inspected"
        budgets.floor(f"{every}, events", 2 / later, 80, "k/s")
        budgets.floor(f"{every}, bytes", size / later / 1e6, 60, "MB/s")


def timed(work: Callable[[bytes], bytes], bodies: list[bytes], ring: KeyRing) -> tuple[float, float]:
    """Seconds of processor time for a body, among the first and among the last; no value is known before. The median of
    three rounds, as the machine's speed swings by a fifth within one.
    """
    first, later = [], []
    for _ in range(3):
        use_ring(KeyRing([("k1", ring.key())]))
        taken = []
        for body in bodies:
            started = time.process_time()
            work(body)
            taken.append(time.process_time() - started)
        first += taken[:3]
        later += taken[-12:]
    use_ring(None)
    return statistics.median(first), statistics.median(later)


def print_sdk_check(data: Path | None, budgets: Budgets) -> None:
    """What a service pays to have one message checked and redacted, in pure Python, seen for the first time."""
    random = Random(9)
    texts = [event(random, 0.02)["message"] for _ in range(10_000)]
    if data is not None:
        for path in sorted((data / "logs").glob("*.log")):
            texts += path.read_text("utf-8", "replace").splitlines()
    best = [9.0] * len(texts)
    for _ in range(5):  # the best for each text: what the code takes, not what the machine does meanwhile
        for at, text in enumerate(texts):
            started = time.perf_counter()
            redact(text)
            best[at] = min(best[at], time.perf_counter() - started)
    parts = (("SDK check, our messages", best[:10_000]), ("SDK check, real log lines", best[10_000:]))
    for what, taken in parts:
        if taken:
            ordered = sorted(taken)
            budgets.figure(f"{what}, p50", ordered[len(ordered) // 2] * 1e6, "µs")
            budgets.ceiling(f"{what}, p99", ordered[len(ordered) * 99 // 100] * 1e6, 30, "µs")
