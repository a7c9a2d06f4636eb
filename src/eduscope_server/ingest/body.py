"""A request's body: read, bounded and decompressed."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import msgspec
import zstandard

from eduscope_server.ingest.admission import Reservation
from eduscope_server.ingest.errors import Refused, TooLarge, WrongType

STEP_BYTES = 1 << 20
"""Decompression goes in steps of this size, so that a zip bomb costs one step over the limit and no more."""

INLINE_BYTES = 64 << 10
"""Larger compressed bodies are decompressed in a thread: 64 KiB takes under a millisecond of the event loop."""

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
    """The body, decompressed. Raises `TooLarge`, `WrongType`, `Overloaded`, or `Refused` for broken compression."""
    decompress = _decompressor(content_encoding)
    if content_length and content_length.isdecimal():
        _check(int(content_length), limits.body_bytes, "the body")
        held.grow_to(int(content_length))
    body = await _read(chunks, limits, held)
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
    rest = body
    while rest:
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        while rest and not inflate.eof:
            yield inflate.decompress(rest, STEP_BYTES)
            rest = inflate.unconsumed_tail
        if not inflate.eof:
            raise EOFError
        rest = inflate.unused_data


def _unzstd(body: bytes) -> Iterator[bytes]:
    with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(body) as reader:
        while part := reader.read(STEP_BYTES):
            yield part


_DECOMPRESSORS: dict[str, Decompress] = {"gzip": _gunzip, "x-gzip": _gunzip, "zstd": _unzstd}
