"""The worker process: takes jobs from the queue; the SDK goes on with the correlation that each carries."""

import asyncio
import signal
from uuid import UUID

import httpx
from procrastinate import RetryStrategy
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

        app.task(name=GRADE, retry=RETRY)(self.grade)
        app.task(name=RECOMMEND, retry=RETRY)(self.recommend)
        if sweeping:

            @app.periodic(cron="* * * * *")
            @app.task(name=SWEEP)
            async def sweep(timestamp: int) -> None:
                await self.sweep()


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
        worker_middleware=[eduscope.queues.procrastinate.middleware],
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    await worker.run()  # type: ignore[no-untyped-call]
    await queue.close()
    await models.aclose()
    await engine.dispose()
