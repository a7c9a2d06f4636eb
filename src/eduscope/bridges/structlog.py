"""structlog, writing lines: the last processor of the chain.

>>> structlog.configure(processors=[structlog.contextvars.merge_contextvars, eduscope.bridges.structlog.write])

The event is the message, the rest are fields, under the contract's rules. Processors that render, add times or levels
are not needed; what they left is passed over.
"""

import sys
from collections.abc import MutableMapping
from typing import Any, NoReturn

from structlog.exceptions import DropEvent

from eduscope import logging
from eduscope.counters import counters
from eduscope.line import LEVELS

NAMES = {**LEVELS, "warn": 30, "exception": 40, "err": 40, "fatal": 50, "msg": 20, "log": 20, "trace": 10}
"""structlog's methods, by level. One that is not here writes at info."""

OURS = ("level", "level_number", "log_level", "timestamp", "time", "stack_info")
"""What other processors add, and a line has by itself."""


def write(logger: object, method: str, event: MutableMapping[str, Any]) -> NoReturn:
    """Writes one line. It always ends in structlog's own `DropEvent`: there is nothing left to print."""
    try:
        _write(method, dict(event))
    except Exception:  # noqa: BLE001 - the host must never pay for its own log line
        counters.failure("structlog")
    raise DropEvent


def _write(method: str, fields: dict[str, Any]) -> None:
    level = NAMES.get(method, 20)
    lines = logging.lines()
    if level < lines.threshold:
        return
    for name in OURS:
        fields.pop(name, None)
    name = fields.pop("logger", None) or fields.pop("logger_name", None)
    if name is not None:
        fields.setdefault("log.logger", name)
    error = fields.pop("exc_info", method == "exception")
    if error is True:
        error = sys.exception()
    if error:
        fields["exc_info"] = error
    lines.write(level, fields.pop("event", ""), fields)
