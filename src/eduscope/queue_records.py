"""Lines of task queues: which task, what became of it, how long it took. Arguments and results are left out: they are
whatever the application puts into them.
"""

import logging
import re
from typing import Any

from eduscope.record_parts import Reading, named

CELERY = "celery.app.trace"
PROCRASTINATE = "procrastinate"
"""Its loggers are this and what is below it."""

_ENDED = re.compile(r"\) ended with status: (?:Success|Error|Aborted)(?:, to retry)?")


def reading_of(logger: str) -> Reading | None:
    """How the records of a queue are read; None where it is none."""
    if logger == CELERY:
        return _celery
    return _procrastinate if logger.split(".", 1)[0] == PROCRASTINATE else None


def _celery(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    parts = named(record)
    text = str(record.msg)
    became = next((word for word in ("succeeded", "retry") if word in text), None)
    fields: dict[str, Any] = {"messaging.message.id": parts["id"]}
    if "runtime" in parts:
        fields["duration_ms"] = float(parts["runtime"]) * 1000
    return f"task {parts['name']} {became or parts.get('description', 'rejected')}", fields


def _procrastinate(record: logging.LogRecord) -> tuple[object, dict[str, Any]]:
    """`Job grades.mail[7](to='anna') ended with status: Success, lasted 0.1 s - Result: …`, without `(…)` and all after
    the status.
    """
    text = record.getMessage()
    call, bracket, _arguments = text.partition("(")
    if not bracket:
        return text.partition(" - Result:")[0], {}
    ended = _ENDED.search(text)
    return call + (ended.group().removeprefix(")") if ended else ""), {}
