"""An exception as fields: its type, what it said, and where it was raised, without source lines or local
values.
"""

import sys
import traceback
from types import TracebackType

from eduscope.quoting import quotes, summary

FRAMES_MAX = 40
"""Frames kept of one exception: the outermost few and the innermost rest (deep recursion says the same
again).
"""

OUTER_FRAMES = 8
CAUSES_MAX = 4
"""How far `__cause__` and `__context__` are followed."""


def exception_fields(error: BaseException) -> dict[str, object]:
    """The exception's fields under OpenTelemetry's names. Only class, file, line and function names of it
    are program text; what it said is free text and is redacted like any message.
    """
    return {
        "exception.type": type_name(error),
        "exception.message": said(error),
        "exception.stacktrace": stacktrace(error),
    }


def type_name(error: BaseException) -> str:
    """`json.decoder.JSONDecodeError`, or `ValueError` for what Python brings along."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def said(error: BaseException) -> str:
    """The exception's own words, or nothing where they cannot be had."""
    try:
        return summary(error) if quotes(error) else str(error)
    except Exception:  # noqa: BLE001 - a host's own __str__ may raise anything
        return ""


def stacktrace(error: BaseException) -> str:
    """One line per frame, outermost first (`edulearn/courses/api.py:41 in grade`); causes after `caused
    by`.
    """
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(seen) < CAUSES_MAX:
        if seen:
            parts.append(f"caused by {type_name(current)}")
        seen.add(id(current))
        parts.extend(_frames(current.__traceback__))
        hidden = current.__suppress_context__
        current = current.__cause__ or (None if hidden else current.__context__)
    return "\n".join(parts)


def _frames(trace: TracebackType | None) -> list[str]:
    frames = [
        f"{short_path(frame.f_code.co_filename)}:{line} in {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(trace)
    ]
    if len(frames) > FRAMES_MAX:
        inner = FRAMES_MAX - OUTER_FRAMES
        left_out = f"… {len(frames) - FRAMES_MAX} frames left out"
        frames = [*frames[:OUTER_FRAMES], left_out, *frames[-inner:]]
    return frames


_short: dict[str, str] = {}


def short_path(path: str) -> str:
    """A source file as its import path: where the code is installed, and in whose home, is nobody's
    business.
    """
    found = _short.get(path)
    if found is None:
        roots = (root.rstrip("/\\") for root in sorted(filter(None, sys.path), key=len, reverse=True))
        inside = next(
            (path[len(root) + 1 :] for root in roots if path.startswith((f"{root}/", f"{root}\\"))), None
        )
        found = _short[path] = inside or "/".join(path.replace("\\", "/").rsplit("/", 2)[-2:])
    return found
