"""The worker process: takes jobs from the queue and goes on with the correlation that each carries."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
from procrastinate import RetryStrategy
from procrastinate.job_context import JobContext
from procrastinate.worker import Worker as QueueWorker
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

import eduscope
from edulearn.database.engine import open_engine, sessions
from edulearn.queue import GRADE, RECOMMEND, SWEEP, Queue
from edulearn.services.caller import Caller
from edulearn.services.client import open_client
from edulearn.services.watching import watch
from edulearn.services.worker import grading, recommending
from edulearn.settings import Settings

CONCURRENCY = 2
# Notifications wake the worker at once; polling is for those that were lost.
POLL_SECONDS = 10.0
FORGOTTEN_AFTER_SECONDS = 60.0
SHUTDOWN_SECONDS = 5.0
RETRY = RetryStrategy(max_attempts=3, exponential_wait=2)
log = eduscope.get_logger()


class Jobs:
    """What the worker can do. Each method is a job; its arguments come from the queue."""

    def __init__(
        self, sessions_: async_sessionmaker[AsyncSession], models: httpx.AsyncClient, queue: Queue
    ) -> None:
        self._sessions = sessions_
        self._models = models
        self._queue = queue

    async def grade(self, submission_id: str) -> None:
        """Grades a submission, then asks for new recommendations for its learner."""
        async with self._sessions() as session:
            graded = await grading.grade(session, UUID(submission_id))
        if graded is None:
            return
        with eduscope.bind(tenant_id=graded.tenant_id, user_id=graded.learner_id):
            log.info("submission graded", submission_id=submission_id, quiz_id=graded.quiz_id)
            await self._queue.recommend(graded.tenant_id, graded.learner_id)

    async def recommend(self, tenant_id: str, learner_id: str) -> None:
        """Makes a learner's recommendations anew."""
        with eduscope.bind(tenant_id=tenant_id, user_id=learner_id):
            async with self._sessions() as session:
                count = await recommending.recommend(session, self._models, Caller(tenant_id, learner_id))
            log.info("recommendations made", count=count)

    async def sweep(self) -> None:
        """Asks again for submissions that nobody graded."""
        async with self._sessions() as session:
            forgotten = await grading.forgotten(session, older_than_seconds=FORGOTTEN_AFTER_SECONDS)
        for submission_id in forgotten:
            await self._queue.grade(submission_id)
        if forgotten:
            log.warning("submissions had been forgotten", count=len(forgotten))

    def register(self, *, sweeping: bool = True) -> None:
        """Makes the jobs known to the queue under their names; `sweeping` once a minute, too."""
        app = self._queue.app

        @app.task(name=GRADE, pass_context=True, retry=RETRY)
        async def grade(context: JobContext, submission_id: str, carrier: dict[str, str]) -> None:
            await carried(context, carrier, lambda: self.grade(submission_id))

        @app.task(name=RECOMMEND, pass_context=True, retry=RETRY)
        async def recommend(
            context: JobContext, tenant_id: str, learner_id: str, carrier: dict[str, str]
        ) -> None:
            await carried(context, carrier, lambda: self.recommend(tenant_id, learner_id))

        if sweeping:

            @app.periodic(cron="* * * * *")
            @app.task(name=SWEEP)
            async def sweep(timestamp: int) -> None:
                # Not within a span: a look that finds nothing every minute tells nobody anything.
                await self.sweep()


async def carried(context: JobContext, carrier: dict[str, str], work: Callable[[], Awaitable[None]]) -> None:
    """Runs a job as a part of the request that asked for it: the same correlation, the same trace."""
    job = context.job
    started = time.monotonic()
    with (
        eduscope.tracing.extract(carrier),
        eduscope.tracing.span(f"process {job.task_name}", kind="consumer", **_span_attributes(context)),
    ):
        try:
            await work()
        except Exception:
            log.exception("job failed", job_name=job.task_name, job_id=str(job.id), attempt=job.attempts + 1)
            raise
        log.info(
            "job done",
            job_name=job.task_name,
            job_id=str(job.id),
            job_outcome="succeeded",
            duration_ms=round((time.monotonic() - started) * 1000, 3),
        )


def _span_attributes(context: JobContext) -> dict[str, Any]:
    return {
        "messaging.system": "procrastinate",
        "messaging.operation.type": "process",
        "messaging.destination.name": context.job.queue,
        "job.name": context.job.task_name,
        "job.id": str(context.job.id),
        "attempt": context.job.attempts + 1,
    }


async def run(settings: Settings) -> None:
    """Works until SIGTERM or SIGINT, then finishes the jobs under way."""
    watch("worker", settings)
    engine = open_engine(settings.postgres)
    queue = Queue(settings.postgres)
    models = open_client(settings.url("model-server"))
    Jobs(sessions(engine), models, queue).register()
    await queue.open()
    worker = QueueWorker(
        queue.app,
        concurrency=CONCURRENCY,
        fetch_job_polling_interval=POLL_SECONDS,
        abort_job_polling_interval=POLL_SECONDS,
        shutdown_graceful_timeout=SHUTDOWN_SECONDS,
        delete_jobs="successful",
        install_signal_handlers=False,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    await worker.run()  # type: ignore[no-untyped-call]
    await queue.close()
    await models.aclose()
    await engine.dispose()
