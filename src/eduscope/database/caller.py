"""Where in the host's own code something happens: the first frame outside libraries.

Asked only where something is reported: walking the frames of one call takes some µs.
"""

import sys
import sysconfig
from pathlib import Path
from types import FrameType
from typing import Any

from eduscope.stack import short_path

FRAMES_MAX = 200
"""How far is looked: an ORM's stack is 30 deep, a recursion may be endless."""

_OWN = str(Path(__file__).resolve().parent.parent)
_LIBRARIES = tuple(
    {path for name in ("stdlib", "platstdlib", "purelib", "platlib") if (path := sysconfig.get_path(name))}
)
_known: dict[str, bool] = {}


def caller_fields() -> dict[str, Any]:
    """`code.file.path`, `code.line.number` and `code.function.name` of the caller; empty where there is none."""
    frame = _outside()
    if frame is None:
        return {}
    return {
        "code.file.path": short_path(frame.f_code.co_filename),
        "code.line.number": frame.f_lineno,
        "code.function.name": frame.f_code.co_name,
    }


def _outside() -> FrameType | None:
    frame: FrameType | None = sys._getframe(1)
    greenlets = _waiting_greenlets()
    for _ in range(FRAMES_MAX):
        if frame is None:
            frame = next(greenlets, None)
            if frame is None:
                return None
        if not _is_library(frame.f_code.co_filename):
            return frame
        frame = frame.f_back
    return None


def _waiting_greenlets() -> Any:
    """The frames that wait for this greenlet: SQLAlchemy runs its own code in one for asyncio, and the caller's
    frames are in its parent.
    """
    greenlet = sys.modules.get("greenlet")
    current = greenlet.getcurrent().parent if greenlet is not None else None
    while current is not None:
        if current.gr_frame is not None:
            yield current.gr_frame
        current = current.parent


def _is_library(path: str) -> bool:
    found = _known.get(path)
    if found is None:
        if len(_known) > 4096:
            _known.clear()
        found = _known[path] = _judge(path)
    return found


def _judge(path: str) -> bool:
    if path.startswith("<") or "site-packages" in path or "dist-packages" in path:
        return True
    return path.startswith((*_LIBRARIES, _OWN))
