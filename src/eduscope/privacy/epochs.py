"""Joins over a change of keys, for who has a token and not the value it was made of.

A token cannot be turned into that of another key: that is what protects it. With the value, `KeyRing.tokens` names all
epochs. Without it, two tokens are one person's only if somebody who had the value said so: whoever still meets the
value after a rotation (a log-in, a roster) tells it to `Epochs`, which keeps the pair of tokens and not the value.
"""

import threading
from collections.abc import Iterable, Sequence
from hmac import compare_digest
from typing import Protocol

from eduscope.privacy.keyring import KeyRing
from eduscope.privacy.tokens import tokenize

LINKS_MAX = 1_000_000
"""People linked at a time, some 250 MB for two epochs; the oldest go first."""


class Epochs:
    """Which tokens of earlier keys belong to which token of the current one."""

    def __init__(self, ring: KeyRing) -> None:
        """Take the ring after the rotation."""
        self._ring = ring
        self._lock = threading.Lock()
        self._current: dict[str, str] = {}
        self._earlier: dict[str, tuple[str, ...]] = {}

    def see(self, value: str, kind: str = "usr") -> str:
        """Link a value's tokens of all epochs; the value is not kept. Gives the current one."""
        current, *earlier = self._ring.tokens(value, kind)
        self.link(current, earlier)
        return current

    def link(self, current: str, earlier: Iterable[str]) -> None:
        """Take links made elsewhere, such as those kept in a database."""
        earlier = tuple(earlier)
        with self._lock:
            if len(self._earlier) >= LINKS_MAX and current not in self._earlier:
                for old in self._earlier.pop(next(iter(self._earlier))):
                    self._current.pop(old, None)
            self._earlier[current] = earlier
            self._current.update(dict.fromkeys(earlier, current))

    def of(self, token: str) -> tuple[str, ...]:
        """All tokens known to be the same person's as this one, the current first; itself alone where none are."""
        with self._lock:
            current = self._current.get(token, token)
            return (current, *self._earlier.get(current, ()))

    def drain(self) -> dict[str, tuple[str, ...]]:
        """The links, forgotten here: for whoever keeps them in a database."""
        with self._lock:
            taken, self._earlier, self._current = self._earlier, {}, {}
            return taken

    def links(self) -> dict[str, tuple[str, ...]]:
        """Current tokens and their earlier ones, to be kept. Neither says who it is."""
        with self._lock:
            return dict(self._earlier)


class Meets(Protocol):
    """Is told of people whose value is at hand."""

    def see(self, value: str, kind: str = "usr") -> str:
        """The current token; what else is done with the value's tokens is its own affair. Must not raise."""


class _Current:
    """The process's own, where it keeps any."""

    epochs: Meets | None = None


def use_epochs(epochs: Meets | None) -> None:
    """From now on `meet` tells these epochs whom it meets; None: nobody."""
    _Current.epochs = epochs


def meet(value: str, kind: str = "usr") -> str:
    """The current token of somebody whose value is at hand; the tokens of all epochs are linked, where that is kept."""
    epochs = _Current.epochs
    return tokenize(value, kind) if epochs is None else epochs.see(value, kind)


def proof(tokens: Sequence[str], ring: KeyRing) -> str:
    """Shows whoever has the same current key that these tokens, the current one first, were made by one who has it."""
    return ring.tokens(" ".join(tokens), "link")[0]


def is_proven(tokens: Sequence[str], shown: str, ring: KeyRing) -> bool:
    """Whether a proof is for these tokens, by the ring's current key: an earlier one may be why keys were rotated."""
    return compare_digest(proof(tokens, ring).encode(), shown.encode())
