"""Figures beside what they must be, and processor time."""

import time
from collections.abc import Callable, Iterable


class Budgets:
    """Prints figures beside their budgets, and remembers how many were missed."""

    def __init__(self) -> None:
        self.missed = 0

    def figure(self, what: str, value: float, unit: str) -> None:
        """A figure that nothing was promised of."""
        print(f"{what:44} {value:10.3g} {unit}")

    def floor(self, what: str, value: float, least: float, unit: str) -> None:
        """A figure that must be at least so much."""
        self._print(what, value, f"≥ {least:g}", unit, is_kept=value >= least)

    def ceiling(self, what: str, value: float, most: float, unit: str) -> None:
        """A figure that must be at most so much."""
        self._print(what, value, f"≤ {most:g}", unit, is_kept=value <= most)

    def _print(self, what: str, value: float, budget: str, unit: str, *, is_kept: bool) -> None:
        self.missed += not is_kept
        print(f"{what:44} {value:10.3g} {unit:9} {budget:10} {'kept' if is_kept else 'MISSED'}")


def best_seconds(work: Callable[[], object], repeat: int = 5) -> float:
    """Processor time of the shortest of several runs: what the code costs one core, whatever else the machine does."""
    taken = []
    for _ in range(repeat):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


def megabytes(texts: Iterable[str]) -> float:
    return sum(map(len, texts)) / 1e6
