"""Bodies are read within their limits."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator

import pytest
import zstandard

from eduscope_server.ingest import body as body_module
from eduscope_server.ingest.admission import Admission
from eduscope_server.ingest.body import Limits, discard, read_body
from eduscope_server.ingest.errors import Overloaded, Refused, TooLarge, TooSlow, WrongType

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
        ("gzip", gzip.compress(b"x" * 300, mtime=0)[:-9]),
        ("gzip", b"nonsense"),
        ("zstd", b"nonsense"),
    ):
        with pytest.raises(Refused, match="Content-Encoding"):
            await read(body, encoding)


@pytest.mark.parametrize("checksum", [False, True])
async def test_a_zstd_body_cut_anywhere_is_refused(checksum: bool) -> None:
    frame = zstandard.ZstdCompressor(write_checksum=checksum).compressobj()
    whole = frame.compress(b"first block ") + frame.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    whole += frame.compress(b"second block" * 20) + frame.flush()
    for cut in range(1, len(whole)):
        for before in (b"", whole):
            with pytest.raises(Refused):
                await read(before + whole[:cut], "zstd")


async def test_every_frame_of_a_zstd_body_counts() -> None:
    one, two = (zstandard.ZstdCompressor(write_checksum=True).compress(text) for text in (b"one ", b"two"))
    skipped = b"\x50\x2a\x4d\x18\x03\0\0\0any"
    assert await read(one + skipped + two, "zstd") == b"one two"


async def test_a_body_of_very_many_gzip_members_is_read_in_time() -> None:
    body = gzip.compress(b"") * 100_000
    limits, admission = Limits(body_bytes=1 << 22, decompressed_bytes=5000), Admission(1 << 22)
    started = time.perf_counter()
    assert await read(body, "gzip", limits=limits, admission=admission) == b""
    assert time.perf_counter() - started < 5  # each member copied all that is behind it: 10 s


async def test_members_longer_than_a_piece_are_put_together() -> None:
    texts = [bytes(range(256)) * n for n in (3000, 0, 1, 700)]
    body = b"".join(gzip.compress(text, 0) for text in texts)
    limits = Limits(body_bytes=1 << 20, decompressed_bytes=1 << 20)
    assert await read(body, "gzip", limits=limits) == b"".join(texts)


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


async def stalled(body: bytes) -> AsyncIterator[bytes]:
    yield body
    await asyncio.sleep(30)


async def test_senders_that_announce_and_stall_take_no_room_from_others() -> None:
    admission = Admission(1000)
    with admission.reservation() as held:
        reading = asyncio.create_task(
            read_body(stalled(b"x"), content_length="900", content_encoding=None, limits=LIMITS, held=held)
        )
        await asyncio.sleep(0)
        assert await read(b"x" * 900, length="900", admission=admission) == b"x" * 900
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def test_an_announced_length_for_which_there_is_no_room_is_refused_before_reading() -> None:
    with pytest.raises(Overloaded):
        await read(b"", length="900", admission=Admission(800))


async def test_a_body_that_does_not_arrive_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_module, "ARRIVAL_SECONDS", 0.01)
    admission = Admission(1000)
    with admission.reservation() as held, pytest.raises(TooSlow):
        await read_body(stalled(b"x"), content_length=None, content_encoding=None, limits=LIMITS, held=held)
    assert admission.held_bytes == 0


async def test_of_a_refused_body_the_rest_is_read_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = chunks(b"x" * 2000)
    with Admission(1 << 20).reservation() as held, pytest.raises(TooLarge):
        await read_body(sent, content_length=None, content_encoding=None, limits=LIMITS, held=held)
    await discard(sent)
    assert [chunk async for chunk in sent] == []
    monkeypatch.setattr(body_module, "DISCARD_SECONDS", 0.01)
    await discard(stalled(b"x"))
    monkeypatch.setattr(body_module, "DISCARDED_BYTES", 500)
    endless = chunks(b"x" * 1000)
    await discard(endless)
    assert [chunk async for chunk in endless] == [b"x" * 100] * 4
