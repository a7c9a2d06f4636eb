"""How well personal data is found: precision, recall and F1 on labelled texts, and false finds in real logs."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.budgets import Budgets, best_seconds
from bench.labelled_texts import _IP, LABELS, Text, labelled_prose, openssh_lines, reshaped

from eduscope.privacy import Profile, Span, find, redact
from eduscope.privacy.extra import Finder

NUMERIC = frozenset({"PHONE", "CARD", "SSN", "IBAN", "DOB", "STUDENT_ID", "IP"})


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


def overlap(a: Span, b: Span) -> float:
    """Intersection over union of two ranges."""
    shared = min(a.end, b.end) - max(a.start, b.start)
    return max(0, shared) / (max(a.end, b.end) - min(a.start, b.start))


def _in_context(text: str, span: Span) -> str:
    before, value, behind = text[: span.start][-30:], text[span.start : span.end], text[span.end :][:20]
    return f"{span.type}: {before!r} >{value!r}< {behind!r}"


def score(
    texts: Iterable[Text],
    profile: Profile,
    types: Sequence[str],
    misses: list[str] | None = None,
    roster: Finder | None = None,
) -> dict[str, Score]:
    """Precision, recall and F1 per type: a span counts if the type is the same and IoU is at least one half."""
    right, found, true = Counter[str](), Counter[str](), Counter[str]()
    for text, truth in texts:
        spans = [s for s in find(text, profile, roster=roster) if s.type in types]
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


def print_quality(data: Path, budgets: Budgets) -> None:
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
    budgets.floor("prose, F1", tables["prose, synth_v2"]["all"].f1, 0.97, "")
    budgets.floor("prose with other values, F1", tables["prose, synth_v2, other values"]["all"].f1, 0.97, "")
    ssh = tables["OpenSSH"]
    budgets.floor("OpenSSH user names and addresses, F1", min(ssh["USERNAME"].f1, ssh["IP"].f1), 0.98, "")
    budgets.ceiling("false numeric redactions in real logs", len(wrong), 0, "")
    seconds = best_seconds(lambda: [redact(line) for line in lines], 3)
    print(f"redact, real log lines:     {sum(map(len, lines)) / seconds / 1e6:8.1f} MB/s")
