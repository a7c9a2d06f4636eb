"""The crowd: so many learners, at a bounded rate, following the day; and a proctor for each tenant."""

import asyncio
import json
import random
import signal
import sys
import time

import httpx

from edulearn.database.demo import LEARNERS_PER_TENANT, address_of
from edulearn.settings import Settings
from edulearn.students.browser import Browser
from edulearn.students.calls import Calls
from edulearn.students.proctor import PAUSE_SECONDS, Proctor
from edulearn.students.rhythm import SCHOOL, UNIVERSITY, Peaks, activity, hour_of_day, is_exam_time
from edulearn.students.visit import Learner

TENANTS: tuple[tuple[str, Peaks], ...] = (
    ("riverside-school", SCHOOL),
    ("hillcrest-school", SCHOOL),
    ("northfield-university", UNIVERSITY),
)
# With 40 learners: 2 to 5 steps, or 3 to 8 requests, a second.
STEPS_PER_LEARNER_SECOND = 0.08
MOST_STEPS_PER_SECOND = 50.0
# More at once would pile up on an EduLearn that is slow; a learner whose turn it is waits in vain then.
MOST_AT_ONCE = 16
REPORT_SECONDS = 60.0
ANSWER_SECONDS = 15.0
USER_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/604.1",
)


class Crowd:
    """Learners of three tenants, each of whom takes a step now and then."""

    def __init__(self, client: httpx.AsyncClient, size: int, chance: random.Random) -> None:
        self._chance = chance
        self._learners: list[list[Learner]] = [[] for _ in TENANTS]
        self._proctors: list[Proctor] = []
        for number in range(size):
            place = number % len(TENANTS)
            tenant_id, nth = TENANTS[place][0], number // len(TENANTS) + 1
            browser = Browser(client, tenant_id, chance.choice(USER_AGENTS))
            # As many sign in as have a password, each as somebody else; the others look around.
            email = address_of(tenant_id, "learner", nth) if nth <= LEARNERS_PER_TENANT else ""
            self._learners[place].append(Learner(browser, chance, email=email))
        for tenant_id, _ in TENANTS if size else ():
            browser = Browser(client, tenant_id, USER_AGENTS[0])
            self._proctors.append(Proctor(browser, chance, email=address_of(tenant_id, "proctor")))
        self._busy: dict[Learner, asyncio.Task[None]] = {}

    def steps_per_second(self, seconds: float) -> list[float]:
        """How many steps a second the learners of each tenant take, so long after the start."""
        hour = hour_of_day(seconds)
        return [
            len(learners) * STEPS_PER_LEARNER_SECOND * activity(hour, peaks)
            for learners, (_, peaks) in zip(self._learners, TENANTS, strict=True)
        ]

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop: waits as long as the rhythm has it, and lets somebody take a step."""
        started = reported = time.monotonic()
        proctoring = [asyncio.create_task(self._keep_proctoring(p)) for p in self._proctors]
        while not stop.is_set():
            seconds = time.monotonic() - started
            rates = self.steps_per_second(seconds)
            wait = self._chance.expovariate(min(sum(rates), MOST_STEPS_PER_SECOND))
            try:
                await asyncio.wait_for(stop.wait(), timeout=wait)
            except TimeoutError:
                self._let_somebody_step(rates, is_exam_time=is_exam_time(hour_of_day(seconds)))
            if time.monotonic() - reported >= REPORT_SECONDS:
                reported = time.monotonic()
                self._report(reported - started)
        under_way = [*proctoring, *self._busy.values()]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _keep_proctoring(self, proctor: Proctor) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(*PAUSE_SECONDS))
            await proctor.step()

    def _let_somebody_step(self, rates: list[float], *, is_exam_time: bool) -> None:
        learner = self._chance.choice(self._chance.choices(self._learners, rates)[0])
        if learner in self._busy or len(self._busy) >= MOST_AT_ONCE:
            return
        task = asyncio.create_task(learner.step(is_exam_time=is_exam_time))
        self._busy[learner] = task
        task.add_done_callback(lambda _: self._busy.pop(learner, None))

    def _report(self, seconds: float) -> None:
        everyone: list[Calls] = [*self._proctors, *(one for some in self._learners for one in some)]
        line = {
            "hour": round(hour_of_day(seconds), 1),
            "requests": sum(one.requests for one in everyone),
            "failures": sum(one.failures for one in everyone),
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


async def run(settings: Settings) -> None:
    """Sends traffic to the gateway until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with httpx.AsyncClient(
        base_url=settings.url("gateway"), timeout=ANSWER_SECONDS, trust_env=False
    ) as client:
        await Crowd(client, settings.students, random.Random()).run(stop)
