"""Where a text is looked at: near signs, and a second time near markers alone."""

import re
import re._constants as codes  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from eduscope.privacy import Profile, detectors
from eduscope.privacy.finding import replaced, values
from eduscope.privacy.plan import plan, ranked
from eduscope.privacy.shapes import shape_of
from eduscope.privacy.signs import MOST_AHEAD, MOST_BEHIND, Sign

PROFILES: tuple[Profile, ...] = ("message", "prose")
EXAMPLES = [text for m in detectors.modules() for text in (*(text for text, _ in m.CATCHES), *m.SPARES)]
PIECES = st.sampled_from(
    [
        *EXAMPLES, "10.1.2.3", "2001:db8::1", "user=ada", "for user ", "password=", "token: ", "0049 30 123456", "::",
        "@", "://", "555-0187", ".", "-", "=", ": ", "_", " ", "\n", "x" * 30, "7" * 14, "é", "\ud800", "{'k': ",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).map("".join)
SIGNS = sorted(
    {sign for profile in PROFILES for _, _, detector in ranked(profile) for sign in detector.signs}
)


@settings(max_examples=1500)
@given(text=TEXTS, profile=st.sampled_from(PROFILES))
def test_a_second_look_near_markers_sees_what_a_look_at_the_whole_sees(text: str, profile: Profile) -> None:
    signs = plan(profile)
    seen = signs.look(text)
    found = values(text, signs.shown(text, seen))
    if found:
        after = replaced(text, found)
        again = signs.shown(after, signs.look_again(seen, found, after))
        assert _by_rank(again) == _by_rank(signs.candidates(after))


@settings(max_examples=1000)
@given(text=TEXTS, profile=st.sampled_from(PROFILES))
@example(text="x" * 100 + " passport_no=C01X00T470049", profile="message")
def test_shapes_hide_no_sign(text: str, profile: Profile) -> None:
    signs = plan(profile)
    assert _by_rank(signs.candidates(text)) == _by_rank(signs.candidates_within(text, [(0, len(text) + 1)]))


def _by_rank(candidates: Iterable[tuple[int, object, list[int]]]) -> dict[int, list[int]]:
    return {rank: at for rank, _, at in candidates}


@pytest.mark.parametrize("sign", SIGNS, ids=str)
def test_no_sign_looks_further_than_a_second_look_goes(sign: Sign) -> None:
    """`re` has the only reader of patterns there is, and no public name for it."""
    assert max((len(re.sub(r"\[[^]]*\]", "x", end)) for end in sign.ends), default=0) + 3 <= MOST_BEHIND
    if not sign.shapes:
        assert _width(parser.parse(sign.then)) < MOST_AHEAD


def _width(parts: Any) -> int:
    """The most characters that a pattern and what it looks ahead for take, all added up."""
    total = 0
    for code, argument in parts:
        if code in (codes.ASSERT, codes.ASSERT_NOT):
            direction, inside = argument
            total += _width(inside) if direction > 0 else 0
        elif code is codes.BRANCH:
            total += max(_width(branch) for branch in argument[1])
        elif code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            total += argument[1] * _width(argument[2])
        elif code is codes.SUBPATTERN:
            total += _width(argument[3])
        else:
            total += code is not codes.AT
    return total


def test_a_shape_has_a_character_for_each_of_the_text() -> None:
    assert shape_of("Zoë 4711-x \ud800½") == "aa? 0000-a ??"


@pytest.mark.parametrize("shape", sorted({shape for sign in SIGNS for shape in sign.shapes}))
def test_no_marker_can_be_part_of_a_shape(shape: str) -> None:
    assert "0" in shape
    assert not set("[]_") & set(shape)
