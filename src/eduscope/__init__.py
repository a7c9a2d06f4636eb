"""EduScope for a service: logs, traces and metrics that are correlated and private.

>>> import eduscope
>>> eduscope.init(service="courses")
>>> log = eduscope.get_logger()
>>> with eduscope.bind(tenant_id="t1", user_id=account.email):
...     log.info("quiz graded", course_id="c-101", duration_ms=3.4)
"""

import importlib
from typing import TYPE_CHECKING, Any

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
    from eduscope.binding import bind
    from eduscope.config import ConfigurationError
    from eduscope.lifecycle import flush, init, shutdown
    from eduscope.logging import Logger, get_logger
    from eduscope.model_call import inference

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

_PARTS = frozenset(
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
_PLACES = {
    "ConfigurationError": "config",
    "Logger": "logging",
    "bind": "binding",
    "flush": "lifecycle",
    "get_logger": "logging",
    "inference": "model_call",
    "init": "lifecycle",
    "shutdown": "lifecycle",
}
"""Which module a name comes from."""


def __getattr__(name: str) -> Any:
    """Loads a part of the SDK when it is first named, so that a program pays for what it uses.

    A command that imports a service's modules to do something else, such as a migration, uses none of it.
    """
    if name in _PARTS:
        return importlib.import_module(f"eduscope.{name}")
    if name in _PLACES:
        found = globals()[name] = getattr(importlib.import_module(f"eduscope.{_PLACES[name]}"), name)
        return found
    raise AttributeError(f"module 'eduscope' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Every public name, those not loaded yet too."""
    return sorted({*globals(), *__all__})
