"""A traceback that somebody printed into a message: read back into an exception's fields, its source lines left out."""

import re

from eduscope.stack import CAUSES_MAX, FRAMES_MAX, short_path

HEAD = "Traceback (most recent call last):"

_FRAME = re.compile(r'[ \t|+]*File "(?P<file>[^"\n]+)", line (?P<line>\d+)(?:, in (?P<function>\S+))?')
_RAISED = re.compile(r"(?P<type>[A-Za-z_][\w.]*)(?:: (?P<said>.*))?")
_JOINT = re.compile(
    r"(?m)^(?:The above exception was the direct cause|During handling of the above exception).*$"
)


def read_traceback(text: str) -> tuple[str, dict[str, str]]:
    """What stands before the traceback, and the fields of the exception it ends with; nothing where there is none."""
    before, head, printed = text.partition(HEAD)
    if not head:
        return text, {}
    blocks = [_block(each) for each in _JOINT.split(printed)]
    raised, frames = blocks[-1]
    stack = list(frames)
    for (cause, _said), cause_frames in reversed(blocks[-CAUSES_MAX:-1]):
        stack += [f"caused by {cause}", *cause_frames]
    fields = {
        "exception.type": raised[0],
        "exception.message": raised[1],
        "exception.stacktrace": "\n".join(stack),
    }
    return before.strip() or "exception printed", fields


def _block(printed: str) -> tuple[tuple[str, str], list[str]]:
    """One exception's type and words, and its frames, innermost kept where there are too many."""
    frames: list[str] = []
    said: list[str] = []
    for line in printed.splitlines():
        frame = _FRAME.match(line)
        if frame is not None:
            frames.append(
                f"{short_path(frame['file'])}:{frame['line']} in {frame['function'] or '<unknown>'}"
            )
            said = []
        elif said or (line and not line[0].isspace() and line.strip() != HEAD):
            said.append(line)
    raised = _RAISED.fullmatch(said[0]) if said else None
    if raised is None:
        return ("unknown", ""), frames[-FRAMES_MAX:]
    return (raised["type"], "\n".join([raised["said"] or "", *said[1:]]).strip()), frames[-FRAMES_MAX:]
