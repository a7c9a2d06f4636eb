"""Sections of a window, newest first."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from eduscope_server.query.backward import FIRST_SECTION, sections
from eduscope_server.query.times import Window

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@given(st.timedeltas(timedelta(microseconds=1), timedelta(days=4_000)))
def test_sections_cover_the_window_without_overlap(length: timedelta) -> None:
    window = Window(NOON - length, NOON)
    found = list(sections(window))
    assert (found[0].end, found[-1].start) == (window.end, window.start)
    assert all(newer.start == older.end for newer, older in pairwise(found))
    assert all(section.start < section.end for section in found)
    assert len(found) <= 12


def test_the_first_is_short_and_the_next_are_longer() -> None:
    found = [section.end - section.start for section in sections(Window(NOON - timedelta(days=1), NOON))]
    assert found[0] == FIRST_SECTION
    assert all(newer < older for newer, older in pairwise(found))


def test_an_empty_window_has_none_and_an_indexed_question_one() -> None:
    assert list(sections(Window(NOON, NOON))) == []
    day = Window(NOON - timedelta(days=1), NOON)
    assert list(sections(day, whole=True)) == [day]
