"""The job queue, procrastinate on PostgreSQL. The correlation of the request travels in the job."""

import asyncio
from uuid import UUID

import procrastinate

import eduscope

GRADE = "grade_submission"
RECOMMEND = "recompute_recommendations"
SWEEP = "grade_forgotten_submissions"


class Queue:
    """Hands jobs to the worker. Connects on first use, so that a service starts without PostgreSQL."""

    def __init__(self, address: str) -> None:
        self.app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(conninfo=address, min_size=1, max_size=3)
        )
        # Jobs go on with the correlation, the trace and the tenant of the request that asked for them.
        eduscope.queues.procrastinate.instrument(self.app)
        self._opening = asyncio.Lock()
        self._is_open = False

    async def open(self) -> None:
        """Connects, unless connected."""
        async with self._opening:
            if not self._is_open:
                await self.app.open_async()
                self._is_open = True

    async def close(self) -> None:
        """Lets go of the connections."""
        if self._is_open:
            await self.app.close_async()
            self._is_open = False

    async def grade(self, submission_id: UUID) -> int:
        """Asks for a submission to be graded; the job's number."""
        return await self._put(GRADE, submission_id=str(submission_id))

    async def recommend(self, tenant_id: str, learner_id: str) -> int:
        """Asks for a learner's recommendations to be made anew; the job's number."""
        return await self._put(RECOMMEND, tenant_id=tenant_id, learner_id=learner_id)

    async def _put(self, task: str, **arguments: str) -> int:
        await self.open()
        return await self.app.configure_task(task).defer_async(**arguments)
