"""How well personal data is found, and how fast.

Quality is measured on labelled prose (presidio-research's synth_v2) and on real logs (loghub); both are read from
`shared/data` beside the repository, or from the folder in EDUSCOPE_TEST_DATA. What is absent is left out.
"""

import csv
import json
import os
import re
import string
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from eduscope.privacy import Gate, Profile, Span, find, is_clean, redact
from eduscope.privacy.digits import luhn

LABELS = {
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "IP_ADDRESS": "IP",
    "CREDIT_CARD": "CARD",
    "US_SSN": "SSN",
    "IBAN_CODE": "IBAN",
}
NUMERIC = frozenset({"PHONE", "CARD", "SSN", "IBAN", "DOB", "STUDENT_ID", "IP"})
_IP = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])")


class Text(NamedTuple):
    """A text and the spans that a person (or a generator) says are in it."""

    text: str
    truth: list[Span]


class Score(NamedTuple):
    """How found spans compare with the true ones."""

    right: int
    found: int
    true: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def data_folder() -> Path | None:
    """Where the test data is, if it is there."""
    named = os.environ.get("EDUSCOPE_TEST_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    return folder if folder.is_dir() else None


def labelled_prose(path: Path) -> list[Text]:
    """Texts of presidio-research's format, with the types that have a detector."""
    return [
        Text(
            entry["full_text"],
            [
                Span(s["start_position"], s["end_position"], LABELS[s["entity_type"]])
                for s in entry["spans"]
                if s["entity_type"] in LABELS
            ],
        )
        for entry in json.loads(path.read_text(encoding="utf-8"))
    ]


def openssh_lines(path: Path) -> Iterator[Text]:
    """OpenSSH's messages with user names and addresses, as the lines' templates give them."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield _openssh_truth(row["Content"], row["EventTemplate"])


_BEFORE_A_NAME = re.compile(r"(?:user[ =]|(?:password|none) for |failures for )\Z")
_LITERAL_NAME = re.compile(r"(?:user=|password for |failures for )(root|admin)\b")


def _openssh_truth(content: str, template: str) -> Text:
    """Slots behind `user` and `for` are names; slots that are addresses are addresses."""
    literals = template.split("<*>")
    match = re.fullmatch("(.*?)".join(re.escape(part) for part in literals) + r"\s*", content)
    truth = [Span(*m.span(1), "USERNAME") for m in _LITERAL_NAME.finditer(content) if m[0] in template]
    for slot in range(1, len(literals) if match else 0):
        assert match is not None
        start, end = match.span(slot)
        if start == end:
            continue
        if _BEFORE_A_NAME.search(literals[slot - 1]):
            truth.append(Span(start, end, "USERNAME"))
        else:
            truth += [Span(start + m.start(), start + m.end(), "IP") for m in _IP.finditer(match[slot])]
    return Text(content, sorted(truth))


def overlap(a: Span, b: Span) -> float:
    """Intersection over union of two ranges."""
    shared = min(a.end, b.end) - max(a.start, b.start)
    return max(0, shared) / (max(a.end, b.end) - min(a.start, b.start))


def _in_context(text: str, span: Span) -> str:
    before, value, behind = text[: span.start][-30:], text[span.start : span.end], text[span.end :][:20]
    return f"{span.type}: {before!r} >{value!r}< {behind!r}"


def score(
    texts: Iterable[Text], profile: Profile, types: Sequence[str], misses: list[str] | None = None
) -> dict[str, Score]:
    """Precision, recall and F1 per type: a span counts if the type is the same and IoU is at least one half."""
    right, found, true = Counter[str](), Counter[str](), Counter[str]()
    for text, truth in texts:
        spans = [s for s in find(text, profile) if s.type in types]
        wanted = [s for s in truth if s.type in types]
        found.update(s.type for s in spans)
        true.update(s.type for s in wanted)
        for span in spans:
            hit = next((w for w in wanted if w.type == span.type and overlap(w, span) >= 0.5), None)
            if hit is not None:
                wanted.remove(hit)
                right[span.type] += 1
            elif misses is not None:
                misses.append("false " + _in_context(text, span))
        if misses is not None:
            misses += ["missed " + _in_context(text, w) for w in wanted]
    scores = {t: Score(right[t], found[t], true[t]) for t in types}
    scores["all"] = Score(right.total(), found.total(), true.total())
    return scores


def false_numeric(line: str) -> list[str]:
    """The numbers that the strict profile redacts in a log line though they are none of what it takes them for.

    Nobody labelled these logs; they hold addresses and no other personal number. An address is right if it is a
    whole dotted quad within range and no word calls it a version.
    """
    found = []
    for span in find(line, "message"):
        value = line[span.start : span.end]
        if span.type not in NUMERIC or (span.type == "IP" and (_IP.fullmatch(value) or value.count(":") > 1)):
            continue
        found.append(f"{span.type} {value}")
    return found


def reshaped(texts: Iterable[Text], seed: int) -> Iterator[Text]:
    """The same texts with other values: the digits and letters of true spans drawn anew, check digits made right."""
    random = Random(seed)
    for text, truth in texts:
        pieces: list[str] = []
        spans: list[Span] = []
        at = length = 0
        for span in sorted(truth):
            value = _another(text[span.start : span.end], span.type, random)
            pieces += (text[at : span.start], value)
            length += span.start - at
            spans.append(Span(length, length + len(value), span.type))
            length += len(value)
            at = span.end
        yield Text("".join((*pieces, text[at:])), spans)


def _another(value: str, kind: str, random: Random) -> str:
    """Another value of the same type and shape."""
    if kind == "IP":
        return ".".join(str(random.randint(1, 254)) for _ in range(4))
    if kind == "SSN":
        return f"{random.randint(1, 665):03}-{random.randint(1, 99):02}-{random.randint(1, 9999):04}"
    if kind == "EMAIL":
        return (
            "".join(
                random.choice(string.ascii_letters) if c.isalpha() else c for c in value.rpartition(".")[0]
            )
            + ".org"
        )
    drawn = [str(random.randint(0, 9)) if c.isdigit() else c for c in value]
    if kind == "CARD":
        return _with_luhn(value[0] + "".join(drawn)[1:])
    if kind == "IBAN":
        account = "".join(random.choice(string.ascii_uppercase) for _ in range(4)) + "".join(drawn)[8:]
        rest = int("".join(str(int(c, 36)) for c in account + value[:2] + "00"))
        return f"{value[:2]}{98 - rest % 97:02}{account}"
    if kind == "PHONE":
        first = [i for i, c in enumerate(value) if c.isdigit()]
        for i in first[:3] if value.startswith(("+", "0")) else []:
            drawn[i] = value[i]
        if drawn[first[0]] in "01" and value[first[0]] not in "01":
            drawn[first[0]] = str(random.randint(2, 9))
    return "".join(drawn)


def _with_luhn(digits: str) -> str:
    """The digits with the last one made the check digit."""
    return next(d for d in (digits[:-1] + str(n) for n in range(10)) if luhn(d))


WORDS = (
    *(
        "enrolment",
        "confirmed",
        "course",
        "quiz",
        "submitted",
        "grade",
        "posted",
        "session",
        "started",
        "cache",
        "miss",
    ),
    *(
        "worker",
        "picked",
        "job",
        "queue",
        "slow",
        "query",
        "took",
        "retry",
        "upstream",
        "timeout",
        "tutor",
        "answered",
    ),
    *("model", "loaded", "index", "rebuilt", "page", "rendered", "upload", "finished"),
)
PATHS = (
    "/courses/{id}",
    "/quizzes/{id}/answers",
    "/login",
    "/telemetry",
    "/api/v1/recommendations",
    "/static/app.4f3a2b1c.js",
)
_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
AGENTS = (
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4.1 Safari/605.1.15",
    f"Mozilla/5.0 (X11; Linux x86_64) {_WEBKIT} HeadlessChrome/141.0.7390.37 Safari/537.36 Edg/130.0.2849.68",
    "python-httpx/0.28.1",
)


def code(random: Random, characters: int) -> str:
    """Characters of base32, as tokens and hashed hosts have them."""
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz234567", k=characters))


def clean_message(random: Random) -> str:
    """A line such as a well-behaved service writes: numbers, times, ids, versions, tokens, and nothing personal."""
    number, minute, second = random.randrange, random.randrange(10, 60), random.randrange(10, 60)
    hexes, now = f"{random.getrandbits(128):032x}", 1_764_000_000_000_000_000 + random.getrandbits(48)
    status, path = random.choice((200, 201, 304, 404, 500)), random.choice(PATHS)
    return random.choice(
        (
            " ".join(random.choices(WORDS, k=number(3, 10))),
            f"{random.choice(('GET', 'POST'))} {path} {status} in {random.random() * 900:.3f} ms",
            f"user usr_k1_{code(random, 26)} opened course {number(100_000)}",
            f"job {uuid.UUID(int=random.getrandbits(128), version=4)} took 00:{minute}:{second}.{number(1000):03}",
            f"listening on 127.0.0.1:{number(1024, 65536)}, release {number(10)}.{number(20)}.{number(10)}",
            f"trace {hexes} span {hexes[:16]} at {now}",
            f"slow query took {random.random() * 5000:.1f} ms, rows={number(10**6)}, plan={random.getrandbits(31)}",
            f"mail to [EMAIL] refused by 203.0.113.h{code(random, 5)}; password=[SECRET]",
            f"scored {random.random():.17g} {random.random() / 1e9:.3e}, at 10:{minute}:{second}.{number(10**6):06}",
            f"digest sha256:{random.getrandbits(256):064x} size={random.getrandbits(33)}",
        )
    )


def _attributes(random: Random) -> dict[str, str | int | float]:
    return {
        "tenant_id": random.choice(("t1", "north-high", "uni-4711")),
        "correlation_id": f"{random.getrandbits(128):032x}",
        "request_id": str(uuid.UUID(int=random.getrandbits(128), version=4)),
        "user_id": f"usr_k1_{code(random, 26)}",
        "http.route": random.choice(PATHS),
        "http.response.status_code": random.choice((200, 404, 500)),
        "duration_ms": random.random() * 1000,
        "client.address": f"203.0.113.h{code(random, 5)}",
        "user_agent.original": random.choice(AGENTS),
    }


def clean_bodies(count: int, records: int = 500, seed: int = 7) -> Iterator[bytes]:
    """OTLP log requests in protobuf, as the official exporter writes them, of about 170 kB."""
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    random = Random(seed)
    for _ in range(count):
        request = ExportLogsServiceRequest()
        group = request.resource_logs.add()
        group.resource.attributes.add(key="service.name").value.string_value = "courses"
        group.resource.attributes.add(key="service.version").value.string_value = "1.4.2"
        scope = group.scope_logs.add()
        scope.scope.name = "eduscope"
        for _ in range(records):
            _add_record(scope.log_records, random)
        yield request.SerializeToString()


def _add_record(records: Any, random: Random) -> None:
    """One log record with three to seven attributes."""
    record = records.add(
        time_unix_nano=1_764_000_000_000_000_000 + random.getrandbits(48),
        observed_time_unix_nano=1_764_000_000_000_000_000 + random.getrandbits(48),
        severity_number=9,
        severity_text="INFO",
        trace_id=random.randbytes(16),
        span_id=random.randbytes(8),
        flags=1,
    )
    record.body.string_value = clean_message(random)
    for key, value in random.sample(list(_attributes(random).items()), k=random.randint(3, 7)):
        kind = {str: "string_value", int: "int_value", float: "double_value"}[type(value)]
        setattr(record.attributes.add(key=key).value, kind, value)


CLEAN_MESSAGES = (
    "enrolment confirmed for course algebra, seat reserved ok now",
    "GET /courses/{id}/quizzes 200 in 12.4 ms",
    "slow query took 1234 ms: select from enrolments where tenant",
    "job 7eb0adf4-22ce-4afb-892f-dddf18f2c41c done after 00:23:26.988",
)


def best_seconds(work: Callable[[], object], repeat: int = 5) -> float:
    """Processor time of the shortest of several runs: what the code costs one core, whatever else the machine does."""
    taken = []
    for _ in range(repeat):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


def print_quality(data: Path) -> None:
    """Precision, recall and F1 by type, on the data as it is and with all values drawn anew."""
    print(f"{'what':34} {'type':9} {'true':>5} {'P':>6} {'R':>6} {'F1':>6}")
    prose = labelled_prose(data / "pii" / "presidio_synth_v2.json")
    types = list(LABELS.values())
    tables = {
        "prose, synth_v2": score(prose, "prose", types),
        "prose, synth_v2, other values": score(
            (t for seed in range(5) for t in reshaped(prose, seed)), "prose", types
        ),
        "prose, generated_small": score(
            labelled_prose(data / "pii" / "presidio_generated_small.json"), "prose", types
        ),
        "OpenSSH": score(openssh_lines(data / "logs" / "OpenSSH_struct.csv"), "message", ["USERNAME", "IP"]),
    }
    for name, scores in tables.items():
        for kind, s in scores.items():
            print(f"{name:34} {kind:9} {s.true:5} {s.precision:6.3f} {s.recall:6.3f} {s.f1:6.3f}")
    lines = [
        line
        for p in sorted((data / "logs").glob("*.log"))
        for line in p.read_text("utf-8", "replace").splitlines()
    ]
    wrong = [found for line in lines for found in false_numeric(line)]
    print(f"false numeric redactions in {len(lines)} log lines: {len(wrong)} {wrong[:3] or ''}")
    seconds = best_seconds(lambda: [redact(line) for line in lines], 3)
    print(f"redact, real log lines:     {sum(map(len, lines)) / seconds / 1e6:8.1f} MB/s")


def print_gate(megabytes: int = 50) -> None:
    """How fast the gate is on clean OTLP, and how often it opens for nothing."""
    started = time.perf_counter()
    gate = Gate.compile()
    print(f"gate, compile:              {time.perf_counter() - started:8.2f} s")
    opened = bodies = size = 0
    seconds = 0.0
    names = Counter[str]()
    for body in clean_bodies(megabytes * 6):
        started = time.perf_counter()
        name = gate.first(body)
        seconds += time.perf_counter() - started
        opened += name is not None
        names.update([name] if name else [])
        bodies, size = bodies + 1, size + len(body)
    print(
        f"gate, {size / 1e6:.0f} MB of clean OTLP:  {size / seconds / 1e6:8.0f} MB/s in bodies of {size // bodies} B"
    )
    print(
        f"gate, opened for nothing:   {100 * opened / bodies:8.2f} % ({opened} of {bodies} bodies) {dict(names) or ''}"
    )
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


if __name__ == "__main__":
    folder = data_folder()
    if folder is None:
        print("no test data: put it in shared/data beside the repository, or name it in EDUSCOPE_TEST_DATA")
    else:
        print_quality(folder)
    print_messages()
    print_gate()
