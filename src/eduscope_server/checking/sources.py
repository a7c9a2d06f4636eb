"""Log files and streams as batches of whole lines: plain, gzip or zstd, told apart by their first bytes."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

STDIN = "-"
READ_BYTES = 256 << 10
"""Scanned as one, which is enough for the scan's full speed, and little enough for a stream to be followed."""
LINE_BYTES_MAX = 16 << 20
"""A longer line is no log line; it is cut here, so that memory stays bounded, and found to be no JSON."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"


class Unreadable(Exception):
    """An input that can't be read: absent, forbidden, or broken within."""


def batches(name: str) -> Iterator[list[bytes]]:
    """The lines of a file, or of standard input for `-`, some at a time and as they come. Raises `Unreadable`."""
    try:
        with _opened(name) as raw:
            yield from _lines(_plain(raw))
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Unreadable(f"{_said(name)} can't be read: {reason}") from error


@contextmanager
def _opened(name: str) -> Iterator[io.BufferedReader]:
    if name == STDIN:
        yield cast("io.BufferedReader", sys.stdin.buffer)
    else:
        with Path(name).open("rb", buffering=READ_BYTES) as file:
            yield cast("io.BufferedReader", file)


def _plain(raw: io.BufferedReader) -> BinaryIO:
    start = raw.peek(len(_ZSTD))[: len(_ZSTD)]
    if start.startswith(_GZIP):
        return io.BufferedReader(gzip.GzipFile(fileobj=raw), READ_BYTES)
    if start == _ZSTD:
        reader = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(
            raw, read_across_frames=True
        )
        return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", reader), READ_BYTES))
    return cast("BinaryIO", raw)


def _lines(file: BinaryIO) -> Iterator[list[bytes]]:
    """`read1` gives what there is, so that a stream's lines are seen when they come."""
    rest: list[bytes] = []
    rest_bytes = 0
    while chunk := cast("io.BufferedReader", file).read1(READ_BYTES):
        whole, newline, after = chunk.rpartition(b"\n")
        if newline:
            yield b"".join((*rest, whole)).split(b"\n")
            rest, rest_bytes = ([after], len(after)) if after else ([], 0)
        elif rest_bytes < LINE_BYTES_MAX:
            rest.append(after)
            rest_bytes += len(after)
    if rest:
        yield [b"".join(rest)]


def _said(name: str) -> str:
    return "standard input" if name == STDIN else name
