"""Takes the ids and the running span along to another thread.

Tasks of asyncio and `asyncio.to_thread` take them along by themselves, as they are context variables; threads and
executors start with none. Another process gets them by `inject` and `extract`.
"""

import contextvars
import sys
from collections.abc import Callable
from concurrent import futures
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def carry(work: Callable[P, R]) -> Callable[P, R]:
    """The function, with the context of here and now wherever and however often it is called.

    >>> threading.Thread(target=eduscope.tracing.carry(grade), args=(quiz,)).start()
    """
    here = contextvars.copy_context()

    @wraps(work)
    def carried(*args: P.args, **kwargs: P.kwargs) -> R:
        # A copy for each call: a context can be entered only once at a time.
        return here.copy().run(work, *args, **kwargs)

    return carried


class Executor(futures.Executor):
    """An executor around another: what is submitted runs in the context of the one who submitted it.

    >>> with eduscope.tracing.Executor(ThreadPoolExecutor(8)) as pool:
    ...     grades = list(pool.map(grade, quizzes))
    """

    def __init__(self, inner: futures.Executor) -> None:
        # Not named directly: naming it would load multiprocessing for everybody.
        of_processes = getattr(sys.modules.get("concurrent.futures.process"), "ProcessPoolExecutor", ())
        if isinstance(inner, of_processes):
            raise TypeError(
                "Executor got a ProcessPoolExecutor; expected one of threads: a context does not leave its process. "
                "Pass a carrier filled by eduscope.tracing.inject instead"
            )
        self.inner = inner

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> futures.Future[R]:
        """Runs the function in one of the executor's threads."""
        run: Callable[..., R] = contextvars.copy_context().run
        return self.inner.submit(run, fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Shuts the inner executor down."""
        self.inner.shutdown(wait, cancel_futures=cancel_futures)


def instrument(executor: "futures.ThreadPoolExecutor") -> None:
    """Makes an executor that others hold already carry the context, such as a framework's own."""
    submit: Callable[..., futures.Future[Any]] = executor.submit
    if not isinstance(getattr(submit, "__self__", None), futures.Executor):
        return  # done already

    def carrying(fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> futures.Future[Any]:
        return submit(contextvars.copy_context().run, fn, *args, **kwargs)

    executor.submit = carrying  # type: ignore[method-assign]
