"""A body holds no more records than memory has room for."""

import pytest

from eduscope_server.ingest import ndjson, otlp
from eduscope_server.ingest.door import Format
from eduscope_server.ingest.errors import TooLarge

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


@pytest.mark.parametrize(
    ("formats", "body"),
    [
        (otlp.LOG_FORMATS, b'{"resourceLogs":[' + b"{}," * 2_100_000 + b"{}]}"),
        (ndjson.FORMATS, b"{}\n" * 2_100_000),
        (ndjson.FORMATS, b"{}" * 2_100_000),
    ],
)
def test_so_is_json_of_too_many_objects(formats: dict[str, Format], body: bytes) -> None:
    with pytest.raises(TooLarge):
        formats[JSON].check(body)


def test_a_large_body_of_usual_records_is_taken() -> None:
    record = field(5, field(1, b"quiz graded " * 30))
    body = field(1, field(2, field(2, record) * 20_000))
    assert len(body) > 7_000_000
    assert otlp.LOG_FORMATS[PROTOBUF].check(body).data == body
    assert ndjson.FORMATS[JSON].check(b'{"message": "quiz graded"}\n' * 100_000)
