"""Exceptions that nobody caught: the last line of a program or of a thread, in the shape of all others.

Python would print them to the console as text, with whatever their words hold; a hook of somebody else's (an error
monitor's) is still called.
"""

import sys
import threading
from types import TracebackType
from typing import Any

from eduscope import logging
from eduscope.counters import counters
from eduscope.line import LEVELS

_DEFAULT_THREAD_HOOK = threading.excepthook
_NOT_FAILURES = (KeyboardInterrupt, SystemExit, GeneratorExit)


class Uncaught:
    """Our hooks in `sys` and `threading`, until `end`."""

    def __init__(self) -> None:
        self._before = (sys.excepthook, threading.excepthook)
        self._ours = (self._of_program, self._of_thread)
        sys.excepthook, threading.excepthook = self._ours

    def end(self) -> None:
        """Puts back what was there, where nobody has hooked in since."""
        if sys.excepthook == self._ours[0]:
            sys.excepthook = self._before[0]
        if threading.excepthook == self._ours[1]:
            threading.excepthook = self._before[1]

    def _of_program(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, _NOT_FAILURES):
            _write("critical", "uncaught exception: the program ends", error)
        if self._before[0] is not sys.__excepthook__ or isinstance(error, _NOT_FAILURES) or _is_watched():
            self._before[0](kind, error, trace)

    def _of_thread(self, given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None and not isinstance(given.exc_value, _NOT_FAILURES):
            _write("error", "uncaught exception: the thread ends", given.exc_value)
        if self._before[1] is not _DEFAULT_THREAD_HOOK or _is_watched():
            self._before[1](given)


def _write(level: str, message: str, error: BaseException) -> None:
    try:
        fields: dict[str, Any] = {"exc_info": error}
        logging.lines().write(LEVELS[level], message, fields)
    except Exception:  # noqa: BLE001 - the interpreter may be half gone
        counters.failure("uncaught")


def _is_watched() -> bool:
    """Whether a developer looks on, who wants to see the traceback where it always was."""
    return logging.lines().threshold <= LEVELS["debug"]
