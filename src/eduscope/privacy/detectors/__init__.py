"""One module per type of value. A module with `MESSAGE`, `PROSE` and `GATE` in this folder is a detector."""

import importlib
import pkgutil
from types import ModuleType


def modules() -> tuple[ModuleType, ...]:
    """All detector modules, by name."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)


def name_of(module: ModuleType) -> str:
    """The name by which a detector module is told from the others."""
    return module.__name__.rpartition(".")[2]
