"""The faults that come from outside a service: one is stopped, one gets a bad release, a grade is changed."""

import json
import xmlrpc.client
from collections.abc import Callable
from pathlib import Path

import psycopg

from edulearn.chaos import Chaos, Fault
from edulearn.launch.releases import ROLLED_OUT_TO
from edulearn.launch.supervision import Supervisor
from edulearn.settings import Settings

CHAOS_STOPS = "model-server"
TAMPERED_FILE = "tampered-grade.json"
# The trail that a real intruder would leave: no service writes grades with this statement.
TAMPER = """
UPDATE submissions SET score = points
WHERE submission_id = (
    SELECT submission_id FROM submissions WHERE score < points ORDER BY graded_at DESC LIMIT 1
)
RETURNING submission_id::text, (SELECT s.score FROM submissions s WHERE s.submission_id = submissions.submission_id)
"""
RESTORE = "UPDATE submissions SET score = %s WHERE submission_id = %s"

Report = Callable[..., None]


class OutsideFaults:
    """Brings EduLearn into the state that the switches ask for, and back."""

    def __init__(self, settings: Settings, supervisor: Supervisor, report: Report) -> None:
        self._settings = settings
        self._supervisor = supervisor
        self._report = report
        self._chaos = Chaos(settings.data)
        self._tampered = settings.data / TAMPERED_FILE
        # A restart has ended whatever was on before, except what is in the database.
        self._on: dict[Fault, bool] = {
            "dead-dependency": False,
            "bad-release": self._chaos.is_on("bad-release"),
            "tampered-grade": self._tampered.exists(),
        }
        self._changes: dict[Fault, Callable[[bool], bool]] = {
            "dead-dependency": self._kill,
            "bad-release": self._roll_out,
            "tampered-grade": self._tamper,
        }

    def follow(self) -> None:
        """Does what was switched since the last call. What cannot be done yet is tried again at the next."""
        for fault, change in self._changes.items():
            wanted = self._chaos.is_on(fault)
            if wanted == self._on[fault]:
                continue
            try:
                done = change(wanted)
            except (OSError, xmlrpc.client.Error, psycopg.Error) as problem:
                self._report(service="chaos", fault=fault, status="failed", reason=type(problem).__name__)
                done = True
            if done:
                self._on[fault] = wanted

    def _kill(self, wanted: bool) -> bool:
        (self._supervisor.stop if wanted else self._supervisor.start)(CHAOS_STOPS)
        self._report(service=CHAOS_STOPS, status="stopped" if wanted else "started")
        return True

    def _roll_out(self, wanted: bool) -> bool:
        """Starts the service anew: it looks which release it is to be."""
        self._supervisor.stop(ROLLED_OUT_TO)
        self._supervisor.start(ROLLED_OUT_TO)
        self._report(service=ROLLED_OUT_TO, status="rolled out" if wanted else "rolled back")
        return True

    def _tamper(self, wanted: bool) -> bool:
        """Raises one grade, and remembers what it was; False while there is none to raise."""
        with psycopg.connect(self._settings.postgres) as connection:
            if not wanted:
                submission_id, score = json.loads(self._tampered.read_text())
                connection.execute(RESTORE, [score, submission_id])
                self._tampered.unlink()
                return True
            raised = connection.execute(TAMPER).fetchone()
            if raised is None:
                return False
            _remember(self._tampered, raised)
            return True


def _remember(path: Path, raised: tuple[str, int]) -> None:
    path.write_text(json.dumps(list(raised)))
