"""What a request's own line tells already, and therefore no other line repeats.

Frameworks and servers log an exception that they made a 500 of, and each request they answered, with its raw path.
Where a middleware of ours is around the application, its line says it once, with the route's template instead.
"""

import logging

TOLD = "__eduscope_told__"
"""The mark on an exception that a request's line tells, or will tell in a moment."""

REPEATING = frozenset(
    {
        "_granian", "daphne.server", "granian", "gunicorn.error", "hypercorn.error",
        "uvicorn.error", "waitress",
    }
)  # fmt: skip
"""Who logs exceptions of applications."""

FLASK_SAYS = "Exception on "
"""Flask logs them by the application's own logger, which says other things too."""

ACCESS_LOGS = frozenset(
    {
        "daphne.access", "django.channels.server", "django.request", "django.server", "granian.access",
        "gunicorn.access", "httpx", "hypercorn.access", "uvicorn.access", "werkzeug",
    }
)  # fmt: skip
"""Who logs every request, or every call, with its raw path and its query string."""


class _Observing:
    on = False


observing = _Observing()
"""`observing.on` is true once a middleware of ours has had a request."""


def tell(error: BaseException) -> None:
    """Says that a request's line has this exception."""
    try:
        setattr(error, TOLD, True)
    except AttributeError:  # a class with slots: it may be told twice
        return


def repeats(record: logging.LogRecord) -> bool:
    """Whether a record of Python's `logging` says what a request's line says."""
    if not observing.on:
        return False
    name = record.name
    if name in ACCESS_LOGS:
        return True
    if not record.exc_info or not isinstance(record.exc_info, tuple):
        return False
    repeating = name in REPEATING or str(record.msg).startswith(FLASK_SAYS)
    return repeating and getattr(record.exc_info[1], TOLD, False)
