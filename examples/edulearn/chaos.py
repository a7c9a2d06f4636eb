"""Faults on a switch: which are on is kept in a file under the data folder, and the services read it."""

import json
from pathlib import Path
from typing import Literal

Fault = Literal["slow-query", "model-error", "dead-dependency"]

FAULTS: dict[Fault, str] = {
    "slow-query": "the list of courses takes more than a second in PostgreSQL",
    "model-error": "the model server fails on every inference",
    "dead-dependency": "the model server is stopped, so that the tutor reaches nobody",
}
FILE_NAME = "chaos.json"


class UnknownFault(Exception):
    """A fault was asked for that does not exist."""


def fault_named(name: str) -> Fault:
    """The fault of that name. Raises UnknownFault and lists those there are."""
    for fault in FAULTS:
        if fault == name:
            return fault
    raise UnknownFault(f'there is no fault "{name}"; expected one of {", ".join(FAULTS)}')


class Chaos:
    """The switches of one EduLearn. Reading is cheap: the file is read again only when it has changed."""

    def __init__(self, data: Path) -> None:
        self._path = data / FILE_NAME
        self._read_at_ns = -1
        self._on: frozenset[str] = frozenset()

    def is_on(self, fault: Fault) -> bool:
        """Whether the fault is switched on now."""
        return fault in self.active()

    def active(self) -> frozenset[str]:
        """The faults that are on."""
        try:
            changed_ns = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return frozenset()
        if changed_ns != self._read_at_ns:
            self._on = frozenset(json.loads(self._path.read_bytes()))
            self._read_at_ns = changed_ns
        return self._on

    def switch(self, fault: Fault, *, on: bool) -> None:
        """Switches a fault on or off, for every service that reads this folder."""
        faults = self.active() | {fault} if on else self.active() - {fault}
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(sorted(faults)))
        # A rename, so that no service ever reads half a file.
        fresh.replace(self._path)
