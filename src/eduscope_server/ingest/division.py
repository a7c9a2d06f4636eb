"""A body in which the gate found something, divided: the records that are clean, and those to be inspected."""

from collections.abc import Iterable


def divided_lines(body: bytes, ends: Iterable[int]) -> tuple[bytes, bytes]:
    """The lines in which none of the matches ends, and those in which one does; each keeps its order.

    `ends` are in order. A match that begins in the line before is no find of the profile: it looks at values, and a
    value does not go from one line into the next.
    """
    clean: list[bytes] = []
    odd: list[bytes] = []
    taken = 0
    for end in ends:
        if end <= taken:
            continue  # in a line that was taken already
        start = body.rfind(b"\n", taken, end - 1) + 1 or taken
        stop = body.find(b"\n", end - 1) + 1 or len(body)
        clean.append(body[taken:start])
        odd.append(body[start:stop])
        taken = stop
    clean.append(body[taken:])
    return b"".join(clean), b"".join(odd)
