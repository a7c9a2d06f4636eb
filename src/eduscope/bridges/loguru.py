"""loguru, writing lines: a sink.

>>> loguru.logger.configure(handlers=[eduscope.bridges.loguru.handler()])

`extra` (what was bound or contextualised) becomes fields, under the contract's rules.
"""

from typing import Any

from eduscope import logging


def sink(message: Any) -> None:
    """Writes one line of a loguru message; its formatted text is not looked at."""
    record = message.record
    lines = logging.lines()
    level = min(50, max(10, record["level"].no // 10 * 10))
    if level < lines.threshold:
        return
    fields = {"log.logger": record["name"], **record["extra"]}
    exception = record["exception"]
    if exception is not None and exception.value is not None:
        fields["exc_info"] = exception.value
    lines.write(level, record["message"], fields)


def handler() -> dict[str, Any]:
    """The sink as loguru's `configure` takes it: every level, and no look at local variables (`diagnose`)."""
    return {"sink": sink, "level": 0, "format": "{message}", "diagnose": False, "backtrace": False}
