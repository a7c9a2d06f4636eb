"""Queues, observed: a job goes on with the correlation, the trace and the tenant of what asked for it.

One module per queue, loaded when it is first named. For a queue of your own: `eduscope.propagation`.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eduscope.queues import celery, procrastinate

__all__ = ["celery", "procrastinate"]


def __getattr__(name: str) -> Any:
    """Loads the module of a queue: a service has one of them."""
    if name in __all__:
        return importlib.import_module(f"eduscope.queues.{name}")
    raise AttributeError(f"module 'eduscope.queues' has no attribute {name!r}")
