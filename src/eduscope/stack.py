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

MEMBERS_MAX = 8
"""Exceptions kept of a group: the tasks of one group mostly fail of the same."""

LINES_MAX = 160
"""Lines of it all; groups in groups multiply."""


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
    by`, the members of a group after `member 1 of 3:`.
    """
    lines: list[str] = []
    _add(error, lines, set())
    if len(lines) > LINES_MAX:
        lines[LINES_MAX:] = [f"… {len(lines) - LINES_MAX} lines left out"]
    return "\n".join(lines)


def _add(error: BaseException, lines: list[str], seen: set[int]) -> None:
    """Adds an exception, what led to it, and what it holds; none of them twice."""
    causes = 0
    current: BaseException | None = error
    while current is not None and id(current) not in seen and causes < CAUSES_MAX:
        if causes:
            lines.append(f"caused by {type_name(current)}")
        causes += 1
        seen.add(id(current))
        lines.extend(_frames(current.__traceback__))
        if isinstance(current, BaseExceptionGroup):
            _add_members(current, lines, seen)
        hidden = current.__suppress_context__
        current = current.__cause__ or (None if hidden else current.__context__)


def _add_members(group: BaseExceptionGroup[BaseException], lines: list[str], seen: set[int]) -> None:
    count = len(group.exceptions)
    for number, member in enumerate(group.exceptions[:MEMBERS_MAX], 1):
        if len(lines) < LINES_MAX:
            lines.append(f"member {number} of {count}: {type_name(member)}")
            _add(member, lines, seen)
    if count > MEMBERS_MAX:
        lines.append(f"… {count - MEMBERS_MAX} members left out")


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
