"""A body holds no more records than memory has room for."""

import pytest

from eduscope_server.ingest import density, ndjson, otlp
from eduscope_server.ingest.door import Format
from eduscope_server.ingest.errors import Refused, TooLarge

PROTOBUF, JSON = "application/x-protobuf", "application/json"


def field(number: int, payload: bytes) -> bytes:
    """A field of bytes."""
    size, rest = b"", len(payload)
    while rest > 0x7F:
        size, rest = size + bytes((rest & 0x7F | 0x80,)), rest >> 7
    return bytes((number << 3 | 2,)) + size + bytes((rest,)) + payload


MANY = 1_500_000
GROUP = b"\xa3\x1f\xa4\x1f"


@pytest.mark.parametrize("formats", [otlp.LOG_FORMATS, otlp.TRACE_FORMATS])
@pytest.mark.parametrize(
    "body",
    [
        field(1, b"") * MANY,
        field(1, field(2, b"") * MANY),
        field(1, field(2, field(2, b"") * MANY)),
        field(1, field(2, field(2, field(1, b"x" * 3_000_000)))) + GROUP,
    ],
    ids=["resources", "scopes", "records", "uncountable"],
)
def test_a_request_of_too_many_records_is_too_large(formats: dict[str, Format], body: bytes) -> None:
    with pytest.raises(TooLarge):
        formats[PROTOBUF].check(body)


ATTRIBUTE = field(6, field(1, b"a"))
LISTED = field(5, field(5, field(1, b"") * 1000))
EVENT = field(11, field(3, b"") * 100)


@pytest.mark.parametrize(
    ("formats", "body"),
    [
        (otlp.LOG_FORMATS, field(1, field(2, field(2, ATTRIBUTE * 5_100_000)))),
        (otlp.LOG_FORMATS, field(1, field(2, field(2, ATTRIBUTE * 1000) * 5_500))),
        (otlp.LOG_FORMATS, field(1, field(2, field(2, LISTED) * 5_500))),
        (otlp.LOG_FORMATS, field(1, field(1, field(1, b"") * 5_100_000) + field(2, field(2, b"")))),
        (otlp.TRACE_FORMATS, field(1, field(2, field(2, EVENT * 10) * 5_500))),
    ],
    ids=["one record", "many records", "lists", "a resource", "events"],
)
def test_so_is_one_of_too_many_attributes(formats: dict[str, Format], body: bytes) -> None:
    with pytest.raises(TooLarge, match="attributes"):
        formats[PROTOBUF].check(body)


USUAL = field(2, field(5, field(1, b"quiz graded " * 30)))


@pytest.mark.parametrize(
    "records",
    [USUAL * 1000 + field(2, ATTRIBUTE * 5_100_000), field(2, ATTRIBUTE * 9) * 700_000 + USUAL * 1000],
    ids=["a large one", "many small ones"],
)
def test_dense_records_are_seen_among_usual_ones(records: bytes) -> None:
    with pytest.raises(TooLarge, match="attributes"):
        otlp.LOG_FORMATS[PROTOBUF].check(field(1, field(2, records)))


@pytest.mark.parametrize(
    ("formats", "body"),
    [
        (otlp.LOG_FORMATS, b'{"resourceLogs":[' + b"{}," * 2_100_000 + b"{}]}"),
        (ndjson.FORMATS, b"{}\n" * 2_100_000),
        (ndjson.FORMATS, b"{}" * 2_100_000),
        (ndjson.FORMATS, b"{" + b'"":0,' * 5_100_000 + b'"":0}'),
    ],
)
def test_so_is_json_of_too_many_objects_or_fields(formats: dict[str, Format], body: bytes) -> None:
    with pytest.raises(TooLarge):
        formats[JSON].check(body)


@pytest.mark.parametrize("left", [1, 3, 100, 3_000_000])
def test_a_large_request_that_is_cut_off_is_refused(left: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(density, "randrange", lambda _stop: 0)
    body = field(1, field(2, USUAL * 20_000 + field(2, ATTRIBUTE * 10)))
    with pytest.raises(Refused, match="not a protobuf"):
        otlp.LOG_FORMATS[PROTOBUF].check(body[:-left])


@pytest.mark.parametrize("byte", [b"\xff", b"\x80", b"\x00"])
def test_a_large_body_of_no_sense_is_refused_as_any(byte: bytes) -> None:
    with pytest.raises(Refused, match="not a protobuf"):
        otlp.LOG_FORMATS[PROTOBUF].check(byte * 8_000_000)


def test_a_large_body_of_usual_records_is_taken() -> None:
    record = field(5, field(1, b"quiz graded " * 30))
    body = field(1, field(2, field(2, record) * 20_000))
    assert len(body) > 7_000_000
    assert otlp.LOG_FORMATS[PROTOBUF].check(body).data == body
    assert ndjson.FORMATS[JSON].check(b'{"message": "quiz graded"}\n' * 100_000)
