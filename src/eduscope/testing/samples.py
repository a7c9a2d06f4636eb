"""Metrics for tests: what `/metrics` says, compared with what it said before."""

from collections.abc import Mapping

from prometheus_client.parser import text_string_to_metric_families

from eduscope import metrics


class Samples:
    """Remembers every sample of this moment: as text, which is read only when somebody asks."""

    def __init__(self) -> None:
        self._before = metrics.text().decode()

    def growth(self, name: str, labels: Mapping[str, str]) -> float:
        """How much the samples of that name and these labels grew since."""
        return self.now(name, labels) - _total(self._before, name, labels)

    def now(self, name: str, labels: Mapping[str, str]) -> float:
        """The sum of the samples of that name and these labels."""
        return _total(metrics.text().decode(), name, labels)


def _total(text: str, name: str, labels: Mapping[str, str]) -> float:
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )
