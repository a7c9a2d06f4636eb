"""procrastinate: jobs carry the correlation, the trace and the tenant; each is a span at both ends, and one line.

>>> app = procrastinate.App(connector=PsycopgConnector())
>>> eduscope.queues.procrastinate.instrument(app)          # where jobs are deferred, and in the worker

procrastinate has no headers: what travels is one more argument of the job, `_eduscope`, which the instrumented worker
takes off before the task sees it. Instrument the workers first, then what defers: a worker that does not know the
argument would hand it to the task.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from procrastinate import App, jobs
from procrastinate.exceptions import JobAborted
from procrastinate.job_context import JobContext
from procrastinate.worker import Worker

from eduscope.counters import counters
from eduscope.queues.job import Job
from eduscope.queues.procrastinate_depth import watch
from eduscope.queues.sending import Sending

SYSTEM = "procrastinate"
CARRIER = "_eduscope"
"""The argument of a job that carries what travels."""


def instrument(app: App) -> App:
    """The same application, observed from now on. Twice does no more than once.

    Workers started by `app.run_worker…` get `middleware`; a `Worker` made by hand, or one with a `worker_middleware`
    of its own, is given it: `worker_middleware=[eduscope.queues.procrastinate.middleware, …]`.
    """
    manager: Any = app.job_manager
    if not hasattr(manager.batch_defer_jobs_async, "__wrapped__"):
        manager.batch_defer_jobs_async = _sending_async(manager.batch_defer_jobs_async)
        manager.batch_defer_jobs = _sending(manager.batch_defer_jobs)
    given = list(app.worker_defaults.get("worker_middleware", ()))
    if middleware not in given:
        app.worker_defaults["worker_middleware"] = [middleware, *given]
    # It tells the arguments of every job at info; the job's own line says what matters.
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    return app


async def middleware(call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker) -> Any:
    """The worker middleware: goes on with what the job carries, and records it."""
    job = _begin(context.job)
    watch(worker.app)
    try:
        result = await call_next()
    except BaseException as error:
        job.end(_outcome(error, context, worker), error)
        raise
    job.end("succeeded")
    return result


def _begin(taken: jobs.Job) -> Job:
    arguments = dict(taken.task_kwargs)
    carrier = arguments.pop(CARRIER, None)
    # The worker calls the task with this very record, which is frozen; the row keeps all for another attempt.
    object.__setattr__(taken, "task_kwargs", arguments)
    scheduled = taken.scheduled_at
    job = Job(
        system=SYSTEM,
        queue=taken.queue,
        task=taken.task_name,
        job_id=str(taken.id),
        attempt=taken.attempts + 1,
        carrier=carrier if isinstance(carrier, dict) else {},
        due_ms=scheduled.timestamp() * 1e3 if scheduled else None,
    )
    job.begin()
    return job


def _outcome(error: BaseException, context: JobContext, worker: Worker) -> str:
    if isinstance(error, (JobAborted, asyncio.CancelledError)):
        return "aborted"
    try:
        task = worker.app.tasks.get(context.job.task_name)
        retry = task.get_retry_exception(exception=error, job=context.job) if task else None
    except Exception:  # noqa: BLE001 - a retry strategy of the host may raise: procrastinate will ask it again
        counters.failure("procrastinate")
        return "failed"
    return "failed" if retry is None else "retried"


def _sending_async(defer: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @wraps(defer)
    async def sending(jobs: list[jobs.Job], *args: Any, **options: Any) -> Any:
        with _carrying(jobs) as carrying:
            return await defer(carrying, *args, **options)

    return sending


def _sending(defer: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(defer)
    def sending(jobs: list[jobs.Job], *args: Any, **options: Any) -> Any:
        with _carrying(jobs) as carrying:
            return defer(carrying, *args, **options)

    return sending


@contextmanager
def _carrying(given: list[jobs.Job]) -> Iterator[list[jobs.Job]]:
    """The jobs as they are sent. Those of one batch are of one task; all carry the same."""
    first = given[0] if given else None
    sending = Sending(
        system=SYSTEM,
        queue=first.queue if first else "",
        task=first.task_name if first else "",
        count=len(given),
    )
    carrier: dict[str, str] = {}
    sending.carry(carrier)
    try:
        yield [job.evolve(task_kwargs={**job.task_kwargs, CARRIER: carrier}) for job in given]
    except BaseException as error:
        sending.end(error)
        raise
    sending.end()
