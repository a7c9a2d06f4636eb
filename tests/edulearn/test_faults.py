"""What chaos does to courses, to its release and to a stored grade."""

import asyncio
from typing import Any, cast

import httpx
import msgspec
import psycopg
import pytest
from tests.edulearn.conftest import served

from edulearn.chaos import Chaos
from edulearn.database.engine import POOL_OVERFLOW, POOL_SIZE, open_engine
from edulearn.launch.faults import OutsideFaults
from edulearn.launch.releases import BAD_RELEASE, rolled_out
from edulearn.launch.supervision import Supervisor
from edulearn.services.caller import Caller
from edulearn.services.courses.app import make_app
from edulearn.services.courses.faults import LeakyHandler
from edulearn.settings import Settings
from eduscope.testing import Captured

QUIZ = "/quizzes/riverside-algebra-quiz/submissions"


class NoSupervisor:
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def start(self, program: str) -> None:
        """Notes a start."""
        self.calls.append(f"start {program}")

    def stop(self, program: str) -> None:
        """Notes a stop."""
        self.calls.append(f"stop {program}")


def outside(settings: Settings, supervisor: NoSupervisor) -> OutsideFaults:
    """What the launcher does, without a launcher."""
    return OutsideFaults(settings, cast("Supervisor", supervisor), lambda **_: None)


async def hand_in(client: httpx.AsyncClient, student: Caller) -> str:
    """A submission that waits for its grade."""
    answer = await client.post(QUIZ, json={"answers": [1, 1, 0]}, headers=student.headers())
    return str(answer.json()["submission_id"])


def grade(settings: Settings, submission_id: str, *, score: int) -> None:
    """Grades a submission as the worker would."""
    with psycopg.connect(settings.postgres) as connection:
        connection.execute(
            "UPDATE submissions SET score = %s, points = 3, graded_at = now() WHERE submission_id = %s",
            [score, submission_id],
        )


async def test_a_handler_that_keeps_connections_empties_the_pool_and_no_more(settings: Settings) -> None:
    engine = open_engine(settings.postgres)
    leaky = LeakyHandler(engine)
    pool: Any = engine.pool
    for _ in range(20):
        leaky.leak()
    async with asyncio.timeout(10):
        while pool.checkedout() < POOL_SIZE + POOL_OVERFLOW:  # noqa: ASYNC110 - a pool tells nobody
            await asyncio.sleep(0.01)
    await leaky.close()
    assert pool.checkedout() == 0
    await engine.dispose()


async def test_the_bad_release_fails_on_what_has_nothing_right(
    settings: Settings, student: Caller, seen: Captured
) -> None:
    Chaos(settings.data).switch("bad-release", on=True)
    bad = rolled_out("courses", settings)
    assert bad.release == BAD_RELEASE
    assert rolled_out("tutor", settings).release == settings.release
    for app, status in ((make_app(bad), 500), (make_app(settings), 200)):
        async with served(app) as client:
            submission_id = await hand_in(client, student)
            grade(settings, submission_id, score=0)
            answer = await client.get(f"/submissions/{submission_id}", headers=student.headers())
        assert answer.status_code == status
    failed = next(line for line in seen.lines if line["message"] == "request failed")
    assert failed["exception.type"] == "ZeroDivisionError"


def test_a_service_is_rolled_out_and_back_once_each(settings: Settings) -> None:
    supervisor, chaos = NoSupervisor(), Chaos(settings.data)
    faults = outside(settings, supervisor)
    for on in (True, False):
        chaos.switch("bad-release", on=on)
        faults.follow()
        faults.follow()
    assert supervisor.calls == ["stop courses", "start courses"] * 2


async def test_a_grade_is_raised_behind_the_application_and_comes_back(
    settings: Settings, student: Caller
) -> None:
    async with served(make_app(settings)) as client:
        submission_id = await hand_in(client, student)
    grade(settings, submission_id, score=1)

    def score() -> int:
        with psycopg.connect(settings.postgres) as connection:
            row = connection.execute(
                "SELECT score FROM submissions WHERE submission_id = %s", [submission_id]
            ).fetchone()
        assert row is not None
        return int(row[0])

    chaos = Chaos(settings.data)
    for on, expected in ((True, 3), (False, 1)):
        chaos.switch("tampered-grade", on=on)
        # A launcher of its own each time: what was raised is remembered beyond a restart.
        outside(settings, NoSupervisor()).follow()
        assert score() == expected


@pytest.mark.parametrize("fault", ["tampered-grade"])
def test_a_fault_that_cannot_be_done_does_not_stop_the_launcher(settings: Settings, fault: str) -> None:
    away = msgspec.structs.replace(settings, postgres="postgresql://postgres@/x?host=/nowhere")
    Chaos(settings.data).switch(cast("Any", fault), on=True)
    outside(away, NoSupervisor()).follow()
