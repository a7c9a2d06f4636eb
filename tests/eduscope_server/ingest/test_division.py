"""Bodies are divided between the lanes without losing or changing a record."""

from hypothesis import given
from hypothesis import strategies as st

from eduscope.privacy import Gate
from eduscope_server.ingest.division import divided_lines

GATE = Gate.compile()
CLEAN = b'{"message": "quiz graded"}\n'
DIRTY = b'{"message": "mail to anna@school.example failed"}\n'
TWICE = b'{"message": "anna@school.example and ben@school.example"}\n'

lines = st.lists(st.sampled_from([CLEAN, DIRTY, TWICE, b"\n"]), max_size=30)


@given(lines)
def test_clean_lines_and_odd_ones_are_told_apart(sent: list[bytes]) -> None:
    body = b"".join(sent)
    clean, odd = divided_lines(body, GATE.ends(body) or [])
    assert clean == b"".join(line for line in sent if line in {CLEAN, b"\n"})
    assert odd == b"".join(line for line in sent if line in {DIRTY, TWICE})


@given(st.binary(max_size=200), st.lists(st.integers(1, 200)))
def test_every_byte_goes_one_way_and_every_match_is_among_the_odd(body: bytes, ends: list[int]) -> None:
    ends = sorted(end for end in ends if end <= len(body))
    clean, odd = divided_lines(body, ends)
    split = body.splitlines(keepends=True) if body.isascii() else []
    assert len(clean) + len(odd) == len(body)
    if split and b"\r" not in body:
        assert sorted(clean + odd) == sorted(body)
    if not ends:
        assert (clean, odd) == (body, b"")


def test_a_last_line_without_its_end_is_a_line() -> None:
    body = CLEAN + DIRTY.rstrip(b"\n")
    assert divided_lines(body, GATE.ends(body) or []) == (CLEAN, DIRTY.rstrip(b"\n"))


def test_a_match_that_ends_with_its_line_is_in_it() -> None:
    assert divided_lines(b"a\nb\nc\n", [4]) == (b"a\nc\n", b"b\n")
    assert divided_lines(b"a\nb\nc\n", [3]) == (b"a\nc\n", b"b\n")
