"""A body of lines is read a piece at a time, and comes out as if it were read at once."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eduscope_server.ingest import ndjson
from eduscope_server.ingest.errors import Refused
from eduscope_server.ingest.ndjson import PIECE_BYTES, lines_of

LINES = st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers(-9, 9), max_size=3)


@settings(max_examples=200)
@given(
    lines=st.lists(LINES, max_size=12),
    indent=st.sampled_from([None, 1]),
    end=st.sampled_from(["\n", "\n\n", "\r\n"]),
    piece_bytes=st.integers(0, 80),
)
def test_lines_are_the_same_however_large_a_piece_is(
    lines: list[dict[str, str | int]], indent: int | None, end: str, piece_bytes: int
) -> None:
    texts = [json.dumps(line, indent=indent) for line in lines]
    body = end.join(texts).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ndjson, "PIECE_BYTES", piece_bytes)
        assert list(lines_of(body)) == list(lines_of(body + end.encode())) == lines


def test_a_number_beyond_any_range_spoils_no_other_line() -> None:
    good = msgspec.json.encode({"message": "x" * 100}) + b"\n"
    body = good * (PIECE_BYTES // 50) + b'{"huge": 1' + b"0" * 400 + b".5}\n" + good
    lines = list(lines_of(body))
    assert len(lines) == PIECE_BYTES // 50 + 2
    assert lines[-1] == lines[0] == {"message": "x" * 100}


def test_what_is_no_object_is_refused_wherever_it_stands() -> None:
    with pytest.raises(Refused, match="not a JSON object"):
        list(lines_of(b'{"message": "x"}\n' * PIECE_BYTES + b"[1\n"))


def test_a_file_may_begin_with_a_byte_order_mark() -> None:
    checked = ndjson.FORMATS["application/x-ndjson"].check(b'\xef\xbb\xbf{"message": "quiz graded"}')
    assert checked.data == b'{"message": "quiz graded"}\n'
