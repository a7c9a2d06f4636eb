"""A body in which the gate found something, divided: the records that are clean, and those to be inspected.

A match may end a little behind the value that it found, where its pattern asks what follows; so the record that ends
just before a match's end is inspected, too.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

MARGIN_BYTES = 16
"""How far behind a value a match may end: no pattern of the gate looks further than that."""

LENGTH_DELIMITED = 2
_GROUP_KINDS = (3, 4)
_SHIFTS = range(7, 64, 7)
_OTLP_PATH = (1, 2, 2)
"""Field numbers from a request to its records: of logs and of traces the same."""


def divided_lines(body: bytes, ends: Sequence[int]) -> tuple[bytes, bytes]:
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
        start = body.rfind(b"\n", taken, max(taken, end - 1 - MARGIN_BYTES)) + 1 or taken
        stop = body.find(b"\n", end - 1) + 1 or len(body)
        clean.append(body[taken:start])
        odd.append(body[start:stop])
        taken = stop
    clean.append(body[taken:])
    return b"".join(clean), b"".join(odd)


def divided_records(body: bytes, ends: Sequence[int]) -> tuple[bytes, bytes]:
    """The same for the records of an OTLP request in protobuf: two requests, each with the resources and scopes of its
    records. Where something was found in a resource or a scope, all of its records are inspected. Either is empty
    where it has no records.

    The body is known to be whole: the door has parsed it. One with groups around its records, which no sender of
    OTLP makes, is inspected whole.
    """
    try:
        return _divided(body, 0, len(body), ends, _OTLP_PATH)
    except GroupMet:
        return b"", body


class GroupMet(Exception):
    """A field ends at a tag of its own, not where its start says."""


def _divided(
    body: bytes, start: int, stop: int, ends: Sequence[int], path: Sequence[int]
) -> tuple[bytes, bytes]:
    """Divides a message that holds others under the first field of the path; what else it holds goes both ways."""
    shared: list[bytes] = []
    clean: list[bytes] = []
    odd: list[bytes] = []
    for tag, number, payload, end in fields(body, start, stop):
        at = bisect_right(ends, tag)
        is_hit = at < len(ends) and ends[at] - MARGIN_BYTES < end
        if number != path[0]:
            if is_hit:
                return b"", body[start:stop]
            shared.append(body[tag:end])
        elif not is_hit:
            clean.append(body[tag:end])
        elif len(path) == 1:
            odd.append(body[tag:end])
        else:
            for part, parts in zip(_divided(body, payload, end, ends, path[1:]), (clean, odd), strict=True):
                if part:
                    parts.append(_field(path[0], part))
    return tuple(b"".join(shared + parts) if parts else b"" for parts in (clean, odd))  # type: ignore[return-value]


def fields(body: bytes, start: int, stop: int) -> Iterator[tuple[int, int, int, int]]:
    """Each field of a message: where it begins, its number (0 where it holds no message), its payload and end."""
    at = start
    while at < stop:
        tag = at
        key, at = _varint(body, at)
        kind = key & 7
        if kind == LENGTH_DELIMITED:
            size, payload = _varint(body, at)
            at = payload + size
            yield tag, key >> 3, payload, at
            continue
        if kind in _GROUP_KINDS:
            raise GroupMet
        at = _varint(body, at)[1] if kind == 0 else at + (8 if kind == 1 else 4)
        yield tag, 0, at, at


def _varint(body: bytes, at: int) -> tuple[int, int]:
    """A number and where it ends. Raises IndexError where it does not, or not within the bits that a number has."""
    byte = body[at]
    if byte < 0x80:
        return byte, at + 1
    value = byte & 0x7F
    for shift in _SHIFTS:
        at += 1
        byte = body[at]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at + 1
    raise IndexError("a number without end")


def _field(number: int, payload: bytes) -> bytes:
    """A message as a field of another."""
    size, length = bytearray(), len(payload)
    while length > 0x7F:
        size.append(length & 0x7F | 0x80)
        length >>= 7
    size.append(length)
    return bytes((number << 3 | LENGTH_DELIMITED,)) + bytes(size) + payload
