"""EduScope for a service: logs, traces and metrics that are correlated and private.

>>> import eduscope
>>> eduscope.init(service="courses")
>>> log = eduscope.get_logger()
>>> with eduscope.bind(tenant_id="t1", user_id=account.email):
...     log.info("quiz graded", course_id="c-101", duration_ms=3.4)
"""

import importlib
from typing import TYPE_CHECKING, Any

from eduscope.binding import bind
from eduscope.config import ConfigurationError
from eduscope.inference import inference
from eduscope.lifecycle import flush, init, shutdown
from eduscope.logging import Logger, get_logger

if TYPE_CHECKING:
    from eduscope import (
        contract,
        database,
        errors,
        events,
        http,
        metrics,
        models,
        privacy,
        propagation,
        queues,
        testing,
        tracing,
    )

__version__ = "0.1.0"

__all__ = [
    "ConfigurationError",
    "Logger",
    "bind",
    "contract",
    "database",
    "errors",
    "events",
    "flush",
    "get_logger",
    "http",
    "inference",
    "init",
    "metrics",
    "models",
    "privacy",
    "propagation",
    "queues",
    "shutdown",
    "testing",
    "tracing",
]

_LOADED_ON_USE = frozenset(
    {
        "contract",
        "database",
        "errors",
        "events",
        "http",
        "metrics",
        "models",
        "privacy",
        "propagation",
        "queues",
        "testing",
        "tracing",
    }
)


def __getattr__(name: str) -> Any:
    """Loads a part of the SDK when it is first named, so that a service pays for what it uses."""
    if name in _LOADED_ON_USE:
        return importlib.import_module(f"eduscope.{name}")
    raise AttributeError(f"module 'eduscope' has no attribute {name!r}")
