"""For tests of services that use EduScope: what was recorded, in memory, with a clock and ids that can be
foretold.

>>> with eduscope.testing.capture(service="courses") as seen:
...     grade(quiz)
>>> assert seen.lines[-1]["message"] == "quiz graded"
>>> assert seen.span("grade.compute").attributes["course.id"] == "c-101"

With pytest, the fixture `eduscope_capture` does the same without the `with`.
"""

import importlib
from typing import TYPE_CHECKING, Any

from eduscope.testing.clock import START_NS, FakeClock, counted_ids

if TYPE_CHECKING:
    from eduscope.testing.captured import Captured
    from eduscope.testing.capturing import capture

__all__ = ["START_NS", "Captured", "FakeClock", "capture", "counted_ids"]

_LOADED_ON_USE = {"Captured": "captured", "capture": "capturing"}


def __getattr__(name: str) -> Any:
    """Loads OpenTelemetry when it is needed: pytest loads this package in every project that has EduScope."""
    if name in _LOADED_ON_USE:
        return getattr(importlib.import_module(f"eduscope.testing.{_LOADED_ON_USE[name]}"), name)
    raise AttributeError(f"module 'eduscope.testing' has no attribute {name!r}")
