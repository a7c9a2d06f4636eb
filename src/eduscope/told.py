"""Which exceptions the own line of a request or a job tells, so that no other line repeats them.

Frameworks, servers and workers log an exception that they make a 500 of, or that they catch in the end, some with the
raw path or the job's arguments. Where we are around the application, its line has the exception, with its frames.
"""

import logging

TOLD = "__eduscope_told__"
"""The mark on an exception that a request's line tells, or will tell in a moment."""

REPEATING = (
    "_granian", "celery.app.trace", "daphne.server", "django.request", "granian", "gunicorn.error",
    "hypercorn.error", "procrastinate.worker", "uvicorn.error", "waitress",
)  # fmt: skip
"""Who logs exceptions of applications and jobs: the beginnings of their loggers' names."""

FLASK_SAYS = "Exception on "
"""Flask logs them by the application's own logger, which says other things too."""


def tell(error: BaseException) -> None:
    """Says that a request's line has this exception."""
    try:
        setattr(error, TOLD, True)
    except AttributeError:  # a class with slots: it may be told twice
        return


def repeats(record: logging.LogRecord) -> bool:
    """Whether a record of Python's `logging` says what a request's line says."""
    if not isinstance(record.exc_info, tuple) or not getattr(record.exc_info[1], TOLD, False):
        return False
    return record.name.startswith(REPEATING) or str(record.msg).startswith(FLASK_SAYS)
