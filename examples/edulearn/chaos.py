"""Faults on a switch: which are on is kept in a file under the data folder, and the services read it."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

Fault = Literal[
    "slow-query",
    "pool-exhaustion",
    "model-error",
    "stale-cache",
    "memory-leak",
    "dead-dependency",
    "bad-release",
    "pii-in-log",
    "tampered-grade",
]

FAULTS: dict[Fault, str] = {
    "slow-query": "the list of courses takes more than a second in PostgreSQL",
    "pool-exhaustion": "courses forgets to give connections back: its pool of six runs dry",
    "model-error": "the model server fails on every inference",
    "stale-cache": "proctoring goes on showing what an exam session was before the last change",
    "memory-leak": "tutor keeps half a megabyte of each question, up to 96 MiB",
    "dead-dependency": "the model server is stopped, so that the tutor reaches nobody",
    "bad-release": "courses 1.1.0 is rolled out, which fails on submissions without a right answer",
    "pii-in-log": "accounts writes an address and a phone number into a log line",
    "tampered-grade": "the newest grade is raised in the database, behind the application's back",
}
# Where EduScope shows it, within a minute. The others fail nothing that a log line tells of.
SEEN_IN: dict[Fault, str] = {
    "slow-query": 'Logs, service:courses "slow query"',
    "pool-exhaustion": "Logs, service:courses level:warning",
    "model-error": "Overview, the errors of model-server, tutor and worker; then Traces, with errors",
    "dead-dependency": "Logs, service:tutor level:error; then the correlation of one",
    "bad-release": "Logs, release:1.1.0 level:error",
    "pii-in-log": "Privacy, what was found in accounts, a minute after the next sign-in",
}
FILE_NAME = "chaos.json"
# A fault that somebody forgot ends by itself.
LONGEST_SECONDS = 1800.0


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

    def __init__(self, data: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._path = data / FILE_NAME
        self._clock = clock
        self._read_at_ns = -1
        self._on: dict[str, float] = {}

    def is_on(self, fault: Fault) -> bool:
        """Whether the fault is switched on now."""
        return fault in self.active()

    def active(self) -> frozenset[str]:
        """The faults that are on: switched on, and not so long ago that they have ended by themselves."""
        now = self._clock()
        return frozenset(fault for fault, since in self._switched().items() if now - since < LONGEST_SECONDS)

    def switch(self, fault: Fault, *, on: bool) -> None:
        """Switches a fault on or off, for every service that reads this folder."""
        faults = {name: since for name, since in self._switched().items() if name != fault}
        if on:
            faults[fault] = self._clock()
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(faults))
        # A rename, so that no service ever reads half a file.
        fresh.replace(self._path)

    def _switched(self) -> dict[str, float]:
        try:
            changed_ns = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return {}
        if changed_ns != self._read_at_ns:
            found = json.loads(self._path.read_bytes())
            # A list of names is how it was kept before faults had an end.
            self._on = found if isinstance(found, dict) else dict.fromkeys(found, self._clock())
            self._read_at_ns = changed_ns
        return self._on
