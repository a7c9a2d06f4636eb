"""Clients of model providers, observed: each call of theirs is an `eduscope.inference`. One file per library.

>>> client = eduscope.models.openai.instrument(openai.OpenAI())
>>> client = eduscope.models.anthropic.instrument(anthropic.AsyncAnthropic())
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eduscope.models import anthropic, openai

__all__ = ["anthropic", "openai"]


def __getattr__(name: str) -> Any:
    """Loads the part for a library when it is first named."""
    if name in __all__:
        return importlib.import_module(f"eduscope.models.{name}")
    raise AttributeError(f"module 'eduscope.models' has no attribute {name!r}")
