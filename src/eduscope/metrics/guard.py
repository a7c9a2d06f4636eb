"""The cardinality guard: which combinations of labels a metric keeps apart.

Every combination costs memory here and in Prometheus for as long as both run. One label with a value per request
would take both down, so the label that has the most values is folded into `other` once there are too many.
"""

from collections.abc import Callable, Collection

from eduscope.fields import safe_message

SERIES_MAX = 1000
"""Combinations of one metric kept apart; what comes after is folded."""

OTHER = "other"
"""The value that stands for every value of a folded label."""

VALUE_MAX_CHARS = 128
"""Longer label values are cut: they are words of a small set, not texts."""

Labels = tuple[str, ...]


class Guard:
    """Says under which labels a combination not seen before is kept."""

    def __init__(
        self, metric: str, names: Labels, report: Callable[[str, str], None], series_max: int = SERIES_MAX
    ) -> None:
        self.metric = metric
        self.names = names
        self.series_max = series_max
        self._report = report
        self._folded: list[int] = []

    def admit(self, labels: Labels, kept: Collection[Labels]) -> Labels:
        """The labels as they may be kept, given those that are kept already.

        1. Every value is judged as a message is: personal data does not leave in a label either.
        2. Beyond the limit, values of the folded labels become `other`.
        3. Where that is still a new combination and there is no room left, the next label is folded too.
        """
        safe = tuple(safe_message(_text(value), VALUE_MAX_CHARS) for value in labels)
        if safe in kept or len(kept) < self.series_max:
            return safe
        # Each folded label gets a tenth of the limit beyond it for the combinations that folding leaves.
        while True:
            folded = tuple(OTHER if n in self._folded else value for n, value in enumerate(safe))
            full = len(kept) >= self.series_max + len(self._folded) * max(self.series_max // 10, 1)
            if folded in kept or not full or len(self._folded) == len(safe):
                return folded
            self._fold_next(kept)

    def folded_labels(self) -> list[str]:
        """The names of the labels that are folded, the one that exploded first in front."""
        return [self.names[n] for n in self._folded]

    def start_over(self) -> None:
        """Forgets what was folded: the series are empty again."""
        self._folded.clear()

    def _fold_next(self, kept: Collection[Labels]) -> None:
        left = [n for n in range(len(self.names)) if n not in self._folded]
        most = max(left, key=lambda n: len({labels[n] for labels in kept}))
        self._folded.append(most)
        self._report(self.metric, self.names[most])


def _text(value: object) -> str:
    """A label's value as text that can be written: a lone surrogate becomes a question mark."""
    text = str(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
