"""Tells the platform which tokens are one person's, after a rotation of keys: here the id and all keys are together.

Each person is told once per process, as tokens with a proof. The id stays here.
"""

import json
from collections.abc import Callable

from eduscope.counters import counters
from eduscope.export import Exporter
from eduscope.privacy import KeyRing
from eduscope.privacy.epochs import proof, use_epochs

PATH = "/v1/epochs"
QUEUE_BYTES = 1 << 20
"""Some 5,000 people; who is met while it is full is told by another process, or the next."""
INTERVAL_SECONDS = 2.0
KNOWN_MAX = 65_536


class LinkTally:
    """What was given up is a fault of the library's own; the numbers of lines are not touched."""

    def drop(self, reason: str, records: int = 1, /) -> None:
        """Counts links given up."""
        counters.failures[f"epochs_{reason}"] += records

    def sent(self, *, records: int, size_bytes: int) -> None:
        """Counts nothing."""


class EpochLinks:
    """Begins to tell with the first ring that has several keys."""

    def __init__(self, make_exporter: Callable[[], Exporter]) -> None:
        self._make_exporter = make_exporter
        self._exporter: Exporter | None = None

    def use(self, ring: KeyRing) -> None:
        """Whoever is met from now on is told of under this ring."""
        if len(ring.ids) < 2:
            use_epochs(None)
            return
        if self._exporter is None:
            self._exporter = self._make_exporter()
        use_epochs(_Told(ring, self._exporter.offer))

    def begin_close(self, timeout_seconds: float) -> None:
        """Tells of nobody any more, and sends what waits in the time given. Does not wait."""
        use_epochs(None)
        if self._exporter is not None:
            self._exporter.begin_close(timeout_seconds)

    def close(self, timeout_seconds: float) -> None:
        """Waits for what `begin_close` began."""
        if self._exporter is not None:
            self._exporter.close(timeout_seconds)


class _Told:
    """People who were told of under one ring."""

    def __init__(self, ring: KeyRing, offer: Callable[[bytes], None]) -> None:
        self._ring = ring
        self._offer = offer
        self._known: dict[tuple[str, str], str] = {}

    def see(self, value: str, kind: str = "usr") -> str:
        known = self._known.get((kind, value))
        return self._tell(value, kind) if known is None else known

    def _tell(self, value: str, kind: str) -> str:
        tokens = self._ring.tokens(value, kind)
        if len(self._known) >= KNOWN_MAX:
            self._known.clear()
        self._known[kind, value] = tokens[0]
        told = {"tokens": tokens, "proof": proof(tokens, self._ring)}
        self._offer(json.dumps(told, separators=(",", ":")).encode() + b"\n")
        return tokens[0]
