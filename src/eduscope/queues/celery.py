"""Celery: tasks carry the correlation, the trace and the tenant; each is a span at both ends, and one line.

>>> app = Celery("courses", broker="redis://…")
>>> eduscope.queues.celery.instrument(app)          # where tasks are asked for, and in the worker
"""

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from celery import Celery, signals

from eduscope.counters import counters
from eduscope.lifecycle import flush, running_config
from eduscope.queues.celery_depth import Depth
from eduscope.queues.job import Job
from eduscope.queues.sending import SENT_AT, Sending
from eduscope.told import tell

SYSTEM = "celery"

TALKATIVE = ("celery.app.trace", "celery.worker.strategy")
"""They tell arguments and results of every task at info; the job's own line says what matters."""

_JOB, _ERROR = "_eduscope_job", "_eduscope_error"
AnyCelery = TypeVar("AnyCelery", bound=Celery)


class _Sendings(threading.local):
    """The task this thread hands over; publishing is not interrupted by another."""

    now: Sending | None = None


_sendings = _Sendings()
_depths: dict[int, Depth] = {}


def instrument(app: AnyCelery) -> AnyCelery:
    """The same application, observed from now on. Twice does no more than once.

    Celery's signals are those of the process: every application in it is observed. Call it after `eduscope.init`:
    the worker then leaves the set-up of `logging` to EduScope, and what libraries log comes out as lines.
    """
    for signal, receiver in _RECEIVERS:
        signal.connect(receiver, weak=False, dispatch_uid=f"eduscope.{receiver.__name__}")
    if id(app) not in _depths:
        _depths[id(app)] = depth = Depth(app)
        signals.worker_ready.connect(depth.start, weak=False)
        signals.worker_shutting_down.connect(depth.stop, weak=False)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    config = running_config()
    if config is not None and config.stdlib_logging:
        signals.setup_logging.connect(_leave_logging, weak=False, dispatch_uid="eduscope.logging")
    return app


def _spared(observe: Callable[..., None]) -> Callable[..., None]:
    """A fault of the observer is counted; the task goes on."""

    def spared(*args: Any, **signal: Any) -> None:
        try:
            observe(*args, **signal)
        except Exception:  # noqa: BLE001 - the host must never pay for being observed
            counters.failure("celery")

    spared.__name__ = observe.__name__
    return spared


@_spared
def _before_publish(
    sender: str = "", headers: Any = None, routing_key: str = "", exchange: str = "", **_signal: Any
) -> None:
    if _sendings.now is not None:
        # Celery says nothing where the one before could not be handed over.
        _sendings.now.end(ConnectionError("the broker did not take the task"))
    sending = _sendings.now = Sending(system=SYSTEM, queue=routing_key or exchange, task=str(sender))
    if headers is not None:
        sending.carry(headers)


@_spared
def _after_publish(**_signal: Any) -> None:
    sending, _sendings.now = _sendings.now, None
    if sending is not None:
        sending.end()


@_spared
def _prerun(task_id: str = "", task: Any = None, **_signal: Any) -> None:
    request = task.request
    delivery = request.delivery_info or {}
    job = Job(
        system=SYSTEM,
        queue=str(delivery.get("routing_key") or delivery.get("exchange") or ""),
        task=task.name,
        job_id=str(task_id),
        attempt=int(request.retries or 0) + 1,
        # A task with an `eta` waits because it was told to.
        carrier={k: v for k, v in (request.headers or {}).items() if not request.eta or k != SENT_AT},
    )
    job.begin()
    setattr(request, _JOB, job)


@_spared
def _failed(sender: Any = None, exception: BaseException | None = None, **_signal: Any) -> None:
    if exception is not None:
        setattr(sender.request, _ERROR, exception)
        tell(exception)  # the job's line follows; Celery's own record comes before it


@_spared
def _retried(sender: Any = None, reason: Any = None, **_signal: Any) -> None:
    """`reason` is what the task raised, where that is why."""
    cause = getattr(reason, "exc", None) or reason
    if isinstance(cause, BaseException):
        setattr(sender.request, _ERROR, cause)


@_spared
def _postrun(task: Any = None, state: str | None = None, **_signal: Any) -> None:
    request = task.request
    job: Job | None = request.__dict__.pop(_JOB, None)
    error: BaseException | None = request.__dict__.pop(_ERROR, None)
    if job is not None:
        job.end(_OUTCOMES.get(state or "", str(state).lower()), error)


@_spared
def _process_ends(**_signal: Any) -> None:
    """A process of the pool ends by `os._exit`, past `atexit` and the finalizers of `multiprocessing`."""
    config = running_config()
    if config is not None:
        flush(config.shutdown_timeout_seconds)


def _leave_logging(**_signal: Any) -> None:
    """Whoever listens to `setup_logging` sets it up, and Celery does not: it would take our handler away."""


_OUTCOMES = {"SUCCESS": "succeeded", "FAILURE": "failed", "RETRY": "retried"}

_RECEIVERS = (
    (signals.before_task_publish, _before_publish),
    (signals.after_task_publish, _after_publish),
    (signals.task_prerun, _prerun),
    (signals.task_failure, _failed),
    (signals.task_retry, _retried),
    (signals.task_postrun, _postrun),
    (signals.worker_process_shutdown, _process_ends),
)
