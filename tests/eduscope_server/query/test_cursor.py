"""Cursors: what comes back is checked, whatever it is."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eduscope_server.query.cursor import LogPlace, TracePlace, read_log_place, read_trace_place, write_place
from eduscope_server.query.errors import ParameterError

AT = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)


def test_a_place_comes_back_as_it_went() -> None:
    place = LogPlace(AT, 2**62 - 1, 12)
    assert read_log_place(write_place(place)) == place
    trace = TracePlace(AT, "a" * 32)
    assert read_trace_place(write_place(trace)) == trace


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(ParameterError, match="cursor is not one this API gave"):
        read_log_place(write_place(TracePlace(AT, "a" * 32)))


@given(st.one_of(st.text(max_size=400), st.binary(max_size=60).map(lambda raw: raw.hex())))
def test_anything_else_is_refused(text: str) -> None:
    for read in (read_log_place, read_trace_place):
        with pytest.raises(ParameterError):
            read(text)
