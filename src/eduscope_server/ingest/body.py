"""A request's body: read, bounded and decompressed."""

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import msgspec
import zstandard

from eduscope_server.ingest.admission import Reservation
from eduscope_server.ingest.errors import Refused, TooLarge, TooSlow, WrongType

STEP_BYTES = 1 << 20
"""Decompression goes in steps of this size, so that a zip bomb costs one step over the limit and no more."""

INLINE_BYTES = 64 << 10
"""Larger compressed bodies are decompressed in a thread: 64 KiB takes under a millisecond of the event loop."""

ARRIVAL_SECONDS = 60.0
"""For a body to arrive: longer than senders wait themselves. A dozen that have gone without a word, as behind a network
that fails, would otherwise hold all the memory there is for bodies, for good."""

DISCARDED_BYTES = 64 << 20
DISCARD_SECONDS = 5.0
"""How much of a refused body is read on, and for how long."""

GZIP_BYTES = 64 << 10
"""The first piece of a gzip member that is read, each next one is larger: a member copies what stands behind it in its
last piece, and a body may have a million members."""

_ZSTD_HEADER_BYTES = 18
_SKIPPABLE = b"\x2a\x4d\x18"
_HAS_CHECKSUM = 4
_CHECKSUM_BYTES = 4
_KIND, _ONE_BYTE_REPEATED = 0b110, 0b010

_THREADS = ThreadPoolExecutor(2, thread_name_prefix="decompress")
"""Two, so that bombs sent side by side can hold twice the limit and no more."""


class Limits(msgspec.Struct, frozen=True):
    """What a door takes: as it arrives, and decompressed."""

    body_bytes: int
    decompressed_bytes: int


async def read_body(
    chunks: AsyncIterator[bytes],
    *,
    content_length: str | None,
    content_encoding: str | None,
    limits: Limits,
    held: Reservation,
) -> bytes:
    """The body, decompressed.

    Raises `TooLarge`, `WrongType`, `TooSlow`, `Overloaded`, or `Refused` for broken compression.
    """
    decompress = _decompressor(content_encoding)
    if content_length and content_length.isdecimal():
        _check(int(content_length), limits.body_bytes, "the body")
        held.make_sure_of(int(content_length))
    try:
        async with asyncio.timeout(ARRIVAL_SECONDS):
            body = await _read(chunks, limits, held)
    except TimeoutError as error:
        raise TooSlow(
            f"the body was not there after {ARRIVAL_SECONDS:.0f} seconds",
            hint="send fewer records with each request",
        ) from error
    if decompress is None:
        _check(len(body), limits.decompressed_bytes, "the body")
        return body
    if len(body) > INLINE_BYTES:
        loop = asyncio.get_running_loop()
        plain = await loop.run_in_executor(_THREADS, _whole, decompress, body, limits)
    else:
        plain = _whole(decompress, body, limits)
    held.grow_to(len(plain))
    return plain


async def discard(chunks: AsyncIterator[bytes]) -> None:
    """Reads on what is left of a body that was refused: a sender cut off while it sends may never see the answer
    (RFC 9112, section 9.6)."""
    left_bytes = DISCARDED_BYTES
    with contextlib.suppress(TimeoutError, Refused):
        async with asyncio.timeout(DISCARD_SECONDS):
            async for chunk in chunks:
                left_bytes -= len(chunk)
                if left_bytes < 0:
                    return


async def _read(chunks: AsyncIterator[bytes], limits: Limits, held: Reservation) -> bytes:
    parts: list[bytes] = []
    body_bytes = 0
    async for chunk in chunks:
        body_bytes += len(chunk)
        _check(body_bytes, limits.body_bytes, "the body")
        held.grow_to(body_bytes)
        parts.append(chunk)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _check(body_bytes: int, limit_bytes: int, what: str) -> None:
    if body_bytes > limit_bytes:
        raise TooLarge(
            f"{what} has more than {limit_bytes} bytes", hint="send fewer records with each request"
        )


Decompress = Callable[[bytes], Iterator[bytes]]


def _decompressor(content_encoding: str | None) -> Decompress | None:
    encoding = (content_encoding or "identity").strip().lower()
    if encoding == "identity":
        return None
    if encoding not in _DECOMPRESSORS:
        raise WrongType(
            "the content encoding is not one this door reads", hint="send gzip, zstd or no Content-Encoding"
        )
    return _DECOMPRESSORS[encoding]


def _whole(decompress: Decompress, body: bytes, limits: Limits) -> bytes:
    parts: list[bytes] = []
    plain_bytes = 0
    try:
        for part in decompress(body):
            plain_bytes += len(part)
            _check(plain_bytes, limits.decompressed_bytes, "the decompressed body")
            parts.append(part)
    except (zlib.error, zstandard.ZstdError, EOFError) as error:
        raise Refused("the body is not what its Content-Encoding says") from error
    return b"".join(parts)


def _gunzip(body: bytes) -> Iterator[bytes]:
    """All members of a gzip body, one after the other (RFC 1952, 2.2)."""
    at = 0
    while at < len(body):
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        waiting, piece_bytes = b"", GZIP_BYTES
        while not inflate.eof:
            if not waiting:
                waiting = body[at : at + piece_bytes]
                at += len(waiting)
                piece_bytes *= 4
            if not waiting:
                raise EOFError
            yield inflate.decompress(waiting, STEP_BYTES)
            waiting = inflate.unconsumed_tail
        at -= len(inflate.unused_data)


def _unzstd(body: bytes) -> Iterator[bytes]:
    with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(body) as reader:
        while part := reader.read(STEP_BYTES):
            yield part
    _check_end(body)


def _check_end(body: bytes) -> None:
    """Raises `EOFError` where a body stops within a frame, which zstd's reader takes for its end (RFC 8878, 3.1.1)."""
    at = 0
    while at < len(body):
        start = body[at : at + _ZSTD_HEADER_BYTES]
        if start[1:4] == _SKIPPABLE:
            at += 8 + int.from_bytes(start[4:8], "little")
            continue
        at += zstandard.frame_header_size(start)
        is_last = False
        while not is_last:
            if at >= len(body):
                raise EOFError
            block = int.from_bytes(body[at : at + 3], "little")
            is_last = bool(block & 1)
            at += 3 + (1 if block & _KIND == _ONE_BYTE_REPEATED else block >> 3)
        at += _CHECKSUM_BYTES if start[4] & _HAS_CHECKSUM else 0
    if at > len(body):
        raise EOFError


_DECOMPRESSORS: dict[str, Decompress] = {"gzip": _gunzip, "x-gzip": _gunzip, "zstd": _unzstd}
