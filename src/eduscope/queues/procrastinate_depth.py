"""How many jobs wait in procrastinate's table: asked now and then while a worker has work, beside it."""

import asyncio
import weakref

from procrastinate import App

from eduscope.counters import counters
from eduscope.queues.numbers import depth

EVERY_SECONDS = 15.0
"""About as often as Prometheus looks."""

WAITING = """
SELECT queue_name AS queue, count(*) AS waiting
FROM procrastinate_jobs
WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
GROUP BY queue_name
"""
"""Jobs that are due, by queue. procrastinate's own query counts every job there ever was."""

_watching: "weakref.WeakKeyDictionary[App, asyncio.Task[None]]" = weakref.WeakKeyDictionary()
_known: set[str] = set()


def watch(app: App) -> None:
    """Goes on asking, in the running loop, from the first job until the database is closed."""
    task = _watching.get(app)
    if task is None or task.done():
        _watching[app] = asyncio.get_running_loop().create_task(_run(app), name="eduscope-queue-depth")


async def _run(app: App) -> None:
    try:
        while True:
            await measure(app)
            await asyncio.sleep(EVERY_SECONDS)
    except asyncio.CancelledError:
        raise
    except Exception:  # noqa: BLE001 - closed, away, or another connector: the next job begins anew
        counters.failure("procrastinate_depth")


async def measure(app: App) -> None:
    """Asks once. A queue that is empty is set to zero."""
    rows = await app.connector.execute_query_all_async(WAITING)
    waiting = {str(row["queue"]): int(row["waiting"]) for row in rows}
    _known.update(waiting)
    for queue in _known:
        depth.set(("procrastinate", queue), waiting.get(queue, 0))
