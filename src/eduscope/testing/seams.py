"""Where a capture takes hold: the seams through which `eduscope.init` says where records go."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest import mock

from eduscope import events, logging, tracing

_USE: dict[str, Any] = {module.__name__: module.use for module in (logging, tracing, events)}
"""The real ones, whatever a capture around this one has put in their place."""


@contextmanager
def held(module: ModuleType, ours: object) -> Iterator[None]:
    """Records go to `ours` inside the `with`, come what may.

    A program under test often calls `eduscope.init` or `shutdown` in the middle of it: what it asks for holds
    afterwards.
    """
    use = _USE[module.__name__]
    asked: list[object] = [use(ours)]

    def ask(wanted: object) -> object:
        asked.append(wanted)
        return asked[-2]

    try:
        with mock.patch.object(module, "use", ask):
            yield
    finally:
        use(asked[0])
        if len(asked) > 1:
            module.use(asked[-1])
