"""Counter, gauge and histogram: plain numbers in lists, by labels.

No lock where something is counted: between reading and storing one number CPython does not switch threads, as no
call stands between them. Nothing here raises into the host; a value or label that cannot be counted is counted as
a failure of the SDK.
"""

import re
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

from eduscope.counters import counters
from eduscope.metrics.guard import Guard, Labels

INFINITY = float("inf")

Reader = Callable[[], Iterable[tuple[Labels, float]]]
"""Gives values when `/metrics` is read: pairs of labels and a number."""

_is_name = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,127}").fullmatch
_RESERVED = frozenset({"le", "quantile"})


class MetricError(ValueError):
    """A metric is declared in a way that cannot be used; raised where it is declared, never where it counts."""


class Exemplar(NamedTuple):
    """One observation that stands for its bucket, with the trace it was made in."""

    value: float
    trace_id: str
    """32 hex digits."""
    timestamp_seconds: float


def trace_hex(trace_id: int | str) -> str:
    """A trace's id as 32 hex digits."""
    return f"{trace_id:032x}" if isinstance(trace_id, int) else trace_id


HistogramCell = tuple[list[int], list[float], list[tuple[float, int | str, float] | None]]
"""Observations per bucket (not cumulated, the last beyond every bound), their sum, the parts of an `Exemplar` per
bucket: making one would cost as much as the rest of the counting.
"""

CellT = TypeVar("CellT", list[float], HistogramCell)


class Metric(Generic[CellT]):
    """What the three kinds share: a name, labels, and a cell of numbers for each combination of labels."""

    kind = ""

    def __init__(self, name: str, says: str, labels: Labels, guard: Guard) -> None:
        if not _is_name(name):
            raise MetricError(f'metric name is "{name[:200]}"; expected letters, digits and underscores')
        for label in labels:
            if not _is_name(label) or label.startswith("__") or label in _RESERVED:
                raise MetricError(
                    f'{name} has a label "{label[:200]}"; expected letters, digits and underscores'
                )
        self.name = name
        self.says = says
        self.labels = labels
        self.guard = guard
        self.series: dict[Labels, CellT] = {}
        """The cells by the labels they are shown under."""
        self._cells: dict[Labels, CellT] = {}
        """The cells by the labels that callers give."""
        # Re-entrant: a signal handler or a finaliser may count while its own thread is in `_new_cell`.
        self._lock = threading.RLock()

    def start_over(self) -> None:
        """Everything at zero: a forked child counts for itself."""
        self._lock = threading.RLock()
        self.series.clear()
        self._cells.clear()
        self.guard.start_over()

    def _make_cell(self) -> CellT:
        raise NotImplementedError

    def _new_cell(self, labels: Labels) -> CellT | None:
        """The cell of labels not seen before; None where they are not of this metric."""
        if not isinstance(labels, tuple) or len(labels) != len(self.labels):
            counters.failure(f"metric_labels:{self.name}")
            return None
        with self._lock:
            shown = self.guard.admit(labels, self.series)
            cell = self.series.get(shown)
            if cell is None:
                cell = self.series.setdefault(shown, self._make_cell())
            if len(self._cells) < 2 * self.guard.series_max:
                self._cells[labels] = cell
            return cell


class Counter(Metric[list[float]]):
    """A number that only grows."""

    kind = "counter"

    def add(self, labels: Labels = (), by: float = 1) -> None:
        """Counts `by` more."""
        try:
            cell = self._cells.get(labels) or self._new_cell(labels)
            if cell is not None:
                if 0 <= by < INFINITY:
                    cell[0] += by
                else:
                    counters.failure(f"metric_value:{self.name}")
        except Exception:  # noqa: BLE001 - the host must never pay for being counted
            counters.failure(f"metric:{self.name}")

    def _make_cell(self) -> list[float]:
        return [0]


class Gauge(Metric[list[float]]):
    """A number that goes up and down; set, or read when `/metrics` is read."""

    kind = "gauge"

    def __init__(self, name: str, says: str, labels: Labels, guard: Guard, across: str = "sum") -> None:
        super().__init__(name, says, labels, guard)
        if across not in {"sum", "max", "min"}:
            raise MetricError(f'{name} has across="{across}"; expected sum, max or min')
        self.across = across
        self.readers: list[Reader] = []

    def set(self, labels: Labels, value: float) -> None:
        """Sets the value."""
        try:
            cell = self._cells.get(labels) or self._new_cell(labels)
            if cell is not None:
                cell[0] = float(value)
        except Exception:  # noqa: BLE001 - the host must never pay for being counted
            counters.failure(f"metric:{self.name}")

    def add(self, labels: Labels = (), by: float = 1) -> None:
        """Adds to the value; a negative number takes away."""
        try:
            cell = self._cells.get(labels) or self._new_cell(labels)
            if cell is not None:
                cell[0] += by
        except Exception:  # noqa: BLE001 - the host must never pay for being counted
            counters.failure(f"metric:{self.name}")

    def read_with(self, read: Reader) -> None:
        """Asks `read` as well, each time `/metrics` is read. Values under the same labels are added up."""
        if read not in self.readers:
            self.readers.append(read)

    def forget(self, read: Reader) -> None:
        """Asks `read` no longer."""
        if read in self.readers:
            self.readers.remove(read)

    def _make_cell(self) -> list[float]:
        return [0]


class Histogram(Metric[HistogramCell]):
    """How many observations fell into each bucket, and their sum."""

    kind = "histogram"

    def __init__(
        self, name: str, says: str, labels: Labels, guard: Guard, buckets: tuple[float, ...]
    ) -> None:
        super().__init__(name, says, labels, guard)
        if not buckets or list(buckets) != sorted(set(buckets)) or buckets[-1] == INFINITY:
            raise MetricError(
                f"{name} has buckets {buckets}; expected finite bounds, each above the one before"
            )
        self.buckets = buckets

    def observe(self, labels: Labels, value: float, trace_id: int | str = "") -> None:
        """Counts one observation. With the id of a trace that is kept, it may be shown as an exemplar."""
        try:
            cell = self._cells.get(labels) or self._new_cell(labels)
            if cell is None:
                return
            if not -INFINITY < value < INFINITY:
                counters.failure(f"metric_value:{self.name}")
                return
            bucket = bisect_left(self.buckets, value)
            cell[0][bucket] += 1
            cell[1][0] += value
            if trace_id:
                cell[2][bucket] = (value, trace_id, time.time())
        except Exception:  # noqa: BLE001 - the host must never pay for being counted
            counters.failure(f"metric:{self.name}")

    def _make_cell(self) -> HistogramCell:
        slots = len(self.buckets) + 1
        return [0] * slots, [0.0], [None] * slots
