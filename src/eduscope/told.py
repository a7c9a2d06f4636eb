"""Which exceptions a request's own line tells, so that no other line repeats them.

Frameworks and servers log an exception that they make a 500 of, or that they catch in the end. Where a middleware of
ours is around the application, the request's line has it already, with its frames.
"""

import logging

TOLD = "__eduscope_told__"
"""The mark on an exception that a request's line tells, or will tell in a moment."""

REPEATING = frozenset(
    {
        "_granian", "daphne.server", "django.request", "granian", "gunicorn.error", "hypercorn.error",
        "uvicorn.error", "waitress",
    }
)  # fmt: skip
"""Who logs exceptions of applications."""

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
    return record.name in REPEATING or str(record.msg).startswith(FLASK_SAYS)
