"""What the SDK counts about itself: plain numbers, cheap to add to, read by `/metrics`."""

from collections import Counter

UNDECLARED_KEYS_MAX = 200
"""Keys counted apart. A host that invents keys must not grow this process; the rest is counted as
`(other)`.
"""


class Counters:
    """Tallies of one process. Adding is not atomic across threads: a count may miss one in millions."""

    def __init__(self) -> None:
        self.lines: dict[int, int] = dict.fromkeys((10, 20, 30, 40, 50), 0)
        self.undeclared: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.dropped_spans: Counter[str] = Counter()
        self.sampled_out = 0
        self.sent_spans = 0
        self.sent_batches = 0
        self.sent_lines = 0
        self.sent_bytes = 0

    def undeclared_key(self, key: str) -> None:
        """Counts a string field that the contract does not know."""
        if key not in self.undeclared and len(self.undeclared) >= UNDECLARED_KEYS_MAX:
            key = "(other)"
        self.undeclared[key] += 1

    def drop(self, reason: str, lines: int = 1) -> None:
        """Counts lines given up, by reason."""
        self.dropped[reason] += lines

    def drop_spans(self, reason: str, spans: int) -> None:
        """Counts spans given up, by reason."""
        self.dropped_spans[reason] += spans

    def sent(self, *, lines: int, size_bytes: int) -> None:
        """Counts a batch the platform kept."""
        self.sent_batches += 1
        self.sent_lines += lines
        self.sent_bytes += size_bytes

    def failure(self, where: str) -> None:
        """Counts a fault of the SDK itself that the host was spared."""
        self.failures[where] += 1


counters = Counters()
"""The process' own."""
