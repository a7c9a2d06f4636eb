"""Where a line goes first: standard output, written whole, never raising."""

import sys
from collections.abc import Callable
from typing import TextIO

from eduscope.counters import counters

WriteBytes = Callable[[bytes], None]


def stdout_writer(stream: TextIO | None = None) -> WriteBytes:
    """A function that writes one line to standard output, or to the stream given.

    A stream with a file descriptor is written to without a buffer, one call per line, so that lines of
    several threads and processes stay whole. Any other stream (a test's, a notebook's) gets text.
    """
    target = sys.stdout if stream is None else stream
    if target is None:  # a process without standard output, such as pythonw
        return _closed
    try:
        descriptor = target.fileno()
        target.flush()
    except (OSError, ValueError, AttributeError):
        return _text_writer(target)
    try:
        return descriptor_writer(descriptor)
    except OSError:  # the descriptor is closed
        return _closed


def descriptor_writer(descriptor: int) -> WriteBytes:
    """A function that writes one line to a file descriptor. What cannot be written is counted as dropped."""
    # Never closed: it lives as long as the process.
    raw_write = open(descriptor, "wb", buffering=0, closefd=False).write  # noqa: SIM115

    def write(line: bytes) -> None:
        try:
            written = raw_write(line)
            if written != len(line):
                _write_rest(line, written)
        except (OSError, ValueError):
            counters.drop("stdout_failed")

    def _write_rest(line: bytes, written: int | None) -> None:
        """A pipe took a part of the line: give it the rest. A full non-blocking pipe (None) loses it."""
        while written is not None and written < len(line):
            line = line[written:]
            written = raw_write(line)
        if written is None:
            counters.drop("stdout_full")

    return write


def _text_writer(target: TextIO) -> WriteBytes:
    def write(line: bytes) -> None:
        try:
            target.write(line.decode("utf-8"))
            target.flush()
        except (OSError, ValueError):
            counters.drop("stdout_failed")

    return write


def _closed(line: bytes) -> None:
    counters.drop("stdout_failed")
