"""Bodies are read within their limits."""

import gzip
from collections.abc import AsyncIterator

import pytest
import zstandard

from eduscope_server.ingest.admission import Admission
from eduscope_server.ingest.body import Limits, read_body
from eduscope_server.ingest.errors import Overloaded, Refused, TooLarge, WrongType

LIMITS = Limits(body_bytes=1000, decompressed_bytes=5000)


async def chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 100):
        yield body[start : start + 100]


async def read(
    body: bytes,
    encoding: str | None = None,
    *,
    length: str | None = None,
    limits: Limits = LIMITS,
    admission: Admission | None = None,
) -> bytes:
    with (admission or Admission(1 << 20)).reservation() as held:
        return await read_body(
            chunks(body), content_length=length, content_encoding=encoding, limits=limits, held=held
        )


async def test_a_body_is_read_whole() -> None:
    assert await read(b"x" * 999) == b"x" * 999
    assert await read(gzip.compress(b"x" * 4999), "GZIP") == b"x" * 4999
    assert await read(zstandard.ZstdCompressor().compress(b"x" * 4999), "zstd") == b"x" * 4999


async def test_every_member_of_a_gzip_body_counts() -> None:
    assert await read(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip") == b"one two"


async def test_an_announced_length_over_the_limit_is_refused_before_reading() -> None:
    with pytest.raises(TooLarge, match="1000 bytes"):
        await read(b"", length="1001")


async def test_a_body_that_lies_about_its_length_is_refused_while_reading() -> None:
    with pytest.raises(TooLarge):
        await read(b"x" * 1100, length="10")


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.ZstdCompressor().compress])
async def test_decompression_stops_at_the_limit(compress: "type[bytes]") -> None:
    encoding = "gzip" if compress is gzip.compress else "zstd"
    with pytest.raises(TooLarge, match="decompressed"):
        await read(compress(b"x" * 5001), encoding)


async def test_truncated_compression_is_refused() -> None:
    for encoding, body in (
        ("gzip", gzip.compress(b"x" * 300)[:-9]),
        ("gzip", b"nonsense"),
        ("zstd", b"nonsense"),
    ):
        with pytest.raises(Refused, match="Content-Encoding"):
            await read(body, encoding)


async def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(WrongType):
        await read(b"x", "br")


async def test_the_process_holds_a_bounded_number_of_bytes() -> None:
    admission = Admission(1000)
    with admission.reservation() as held:
        held.grow_to(900)
        with pytest.raises(Overloaded, match="1000 bytes wait"):
            await read(b"x" * 200, admission=admission)
        assert admission.held_bytes == 900
    assert admission.held_bytes == 0
    assert await read(b"x" * 200, admission=admission) == b"x" * 200
