"""The end of a process, however it was started: what waits is sent before it.

A child of `multiprocessing` ends by `os._exit`, past `atexit`; it runs finalizers of `multiprocessing` instead. One
that `os.fork` made ends as its code says: by `sys.exit` it runs `atexit`, by `os._exit` nothing, as in any program.
"""

import atexit
import os
import sys
from collections.abc import Callable

AFTER_ALL_OTHERS = -100
"""The priority of our finalizer: what others do at the end may still log."""


class _End:
    """The one thing to call. `multiprocessing` holds it weakly."""

    def __init__(self) -> None:
        self.call: Callable[[], None] | None = None

    def __call__(self) -> None:
        if self.call is not None:
            self.call()


_end = _End()


def at_end(call: Callable[[], None]) -> None:
    """Has it called at the end of this process and of each of its children."""
    _end.call = call
    atexit.register(call)
    _register()
    process = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None:
        _finalize(_end)


def not_at_end(call: Callable[[], None]) -> None:
    """Takes that back."""
    _end.call = None
    atexit.unregister(call)


def _finalize(end: _End) -> None:
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util.Finalize(None, end, exitpriority=AFTER_ALL_OTHERS)


def _register() -> None:
    """A child of `multiprocessing` first forgets all finalizers, then runs what is registered here.

    In one that the fork server made, the program's main module starts the SDK before that, and no fork follows.
    """
    util = sys.modules.get("multiprocessing.util")
    if util is not None and _end.call is not None:
        util.register_after_fork(_end, _finalize)


os.register_at_fork(after_in_child=_register)
