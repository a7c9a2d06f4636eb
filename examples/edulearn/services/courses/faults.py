"""The faults of the courses service: a handler that keeps connections, and a release with a slip in it."""

import asyncio

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from edulearn.database.engine import POOL_OVERFLOW, POOL_SIZE
from edulearn.launch.releases import BAD_RELEASE
from edulearn.services.courses.shapes import SubmissionOut

# Longer than the pool lets others wait, so that some give up; each connection comes back, so that it ends.
KEPT_SECONDS = 12.0
MOST_KEPT = POOL_SIZE + POOL_OVERFLOW


class LeakyHandler:
    """Takes a connection and forgets it for a while, until the pool is dry."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._kept: set[asyncio.Task[None]] = set()

    def leak(self) -> None:
        """Keeps one more connection, unless all are kept already."""
        if len(self._kept) < MOST_KEPT:
            task = asyncio.create_task(self._keep())
            self._kept.add(task)
            task.add_done_callback(self._kept.discard)

    async def close(self) -> None:
        """Gives everything back."""
        for task in self._kept:
            task.cancel()
        await asyncio.gather(*self._kept, return_exceptions=True)

    async def _keep(self) -> None:
        try:
            async with self._engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
                await asyncio.sleep(KEPT_SECONDS)
        except (SQLAlchemyError, OSError):
            # The pool is dry already, which is what was wanted.
            return


def wrong_per_right(release: str, submission: SubmissionOut) -> None:
    """What 1.1.0 works out for a graded submission, and where it fails: some have nothing right."""
    if release == BAD_RELEASE and submission.score is not None and submission.points is not None:
        _ = (submission.points - submission.score) / submission.score
