"""Metrics as plain records: what one process has, what several have together."""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from eduscope.counters import counters
from eduscope.metrics.guard import Labels
from eduscope.metrics.instruments import Counter, Exemplar, Gauge, Histogram, trace_hex
from eduscope.metrics.registry import registered
from eduscope.metrics.sdk import sdk_counters, sdk_gauges

Kind = Literal["counter", "gauge", "histogram"]


class Series(msgspec.Struct, array_like=True):
    """One combination of labels: a value, or a histogram's buckets (not cumulated) and their sum."""

    labels: Labels
    value: float = 0.0
    counts: list[int] = []
    exemplars: list[Exemplar | None] = []


class Family(msgspec.Struct, array_like=True):
    """One metric with all its series."""

    name: str
    kind: Kind
    says: str
    labels: Labels
    series: list[Series]
    buckets: tuple[float, ...] = ()
    across: str = "sum"
    """How a gauge's values of several processes become one: sum, max or min."""


def of_this_process() -> list[Family]:
    """Every metric as of now, the SDK's own counters included."""
    own = [
        Family(name, "counter", says, labels, [Series(key, value) for key, value in rows])
        for name, says, labels, rows in sdk_counters()
    ]
    own += [Family(name, "gauge", says, (), [Series((), value)]) for name, says, value in sdk_gauges()]
    return own + [_family(metric) for metric in registered()]


def _family(metric: Counter | Gauge | Histogram) -> Family:
    if isinstance(metric, Histogram):
        rows = [
            Series(labels, total[0], list(counts), [_exemplar(seen) for seen in exemplars])
            for labels, (counts, total, exemplars) in list(metric.series.items())
        ]
        return Family(metric.name, "histogram", metric.says, metric.labels, rows, metric.buckets)
    values = {labels: cell[0] for labels, cell in list(metric.series.items())}
    if isinstance(metric, Counter):
        return Family(metric.name, "counter", metric.says, metric.labels, _rows(values))
    for labels, value in _read(metric):
        shown = metric.guard.admit(labels, values)
        values[shown] = values.get(shown, 0) + value
    return Family(metric.name, "gauge", metric.says, metric.labels, _rows(values), across=metric.across)


def _exemplar(seen: tuple[float, int | str, float] | None) -> Exemplar | None:
    return None if seen is None else Exemplar(seen[0], trace_hex(seen[1]), seen[2])


def _rows(values: dict[Labels, float]) -> list[Series]:
    return [Series(labels, value) for labels, value in values.items()]


def _read(gauge: Gauge) -> Iterator[tuple[Labels, float]]:
    for read in list(gauge.readers):
        try:
            rows = [(tuple(labels), float(value)) for labels, value in read()]
        except Exception:  # noqa: BLE001 - one bad reader must not hide every other metric
            counters.failure(f"metric:{gauge.name}")
            continue
        yield from (row for row in rows if len(row[0]) == len(gauge.labels))


def merged(processes: Iterable[list[Family]]) -> list[Family]:
    """The metrics of several processes as one's. A family that does not fit the first of its name is left out."""
    whole: dict[str, Family] = {}
    cells: dict[tuple[str, Labels], Series] = {}
    for family in (family for families in processes for family in families):
        first = whole.setdefault(
            family.name,
            Family(family.name, family.kind, family.says, family.labels, [], family.buckets, family.across),
        )
        if (first.kind, first.labels, first.buckets) != (family.kind, family.labels, family.buckets):
            counters.failure(f"metric_merge:{family.name}")
            continue
        for series in family.series:
            there = cells.get((family.name, series.labels))
            if there is None:
                copied = Series(series.labels, series.value, list(series.counts), list(series.exemplars))
                cells[family.name, series.labels] = copied
                first.series.append(copied)
            else:
                _add(there, series, first)
    return list(whole.values())


def _add(there: Series, series: Series, family: Family) -> None:
    if family.across == "max":
        there.value = max(there.value, series.value)
    elif family.across == "min":
        there.value = min(there.value, series.value)
    else:
        there.value += series.value
    there.counts = [a + b for a, b in zip(there.counts, series.counts, strict=False)]
    there.exemplars = [_newest(a, b) for a, b in zip(there.exemplars, series.exemplars, strict=False)]


def _newest(one: Exemplar | None, other: Exemplar | None) -> Exemplar | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda exemplar: exemplar.timestamp_seconds)
