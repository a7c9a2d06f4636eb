"""Ties a process to the one that started it, so that nothing is left behind even by `kill -9`."""

import ctypes
import os
import signal
import sys

PARENT_VARIABLE = "EDULEARN_PARENT"
_PR_SET_PDEATHSIG = 1


def die_with_parent(*, fast_shutdown: bool = False) -> None:
    """Has the kernel send SIGTERM (SIGINT for a fast shutdown) to this process when its parent dies.

    Linux only (prctl(2), PR_SET_PDEATHSIG); elsewhere nothing happens. It survives exec, but not a change
    of user. Exits at once if the parent, named by EDULEARN_PARENT, died before this call.
    """
    if not sys.platform.startswith("linux"):
        return
    wanted = signal.SIGINT if fast_shutdown else signal.SIGTERM
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(wanted), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    expected = os.environ.get(PARENT_VARIABLE)
    if expected is not None and os.getppid() != int(expected):
        sys.exit(0)


def become_parent() -> None:
    """Tells the processes that this one will start, or that it turns into by exec, who their parent is."""
    os.environ[PARENT_VARIABLE] = str(os.getpid())
