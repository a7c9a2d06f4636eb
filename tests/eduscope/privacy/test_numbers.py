"""A tenant's own patterns are bounded by their form, and count at once."""

import time

import pytest

from eduscope.privacy import Profile, find, is_clean, redact
from eduscope.privacy.errors import PatternRefused
from eduscope.privacy.numbers import OwnNumbers
from eduscope.privacy.tenants import EVERYONE, tenants


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        (r"S\d{7}", "S1234567"),
        ("[0-9]{2}[A-Z]{2}[0-9]{4}", "22CS1043"),
        (r"roll-\d{4,6}", "roll-12345"),
        (r"\d{4}/[A-Z]?\d{3}", "2023/B042"),
        (r"u\.\d{6}", "u.123456"),
    ],
)
@pytest.mark.parametrize("profile", ["message", "prose"])
def test_a_number_of_the_tenants_is_found_without_a_word_beside_it(
    pattern: str, value: str, profile: Profile
) -> None:
    text = f"graded {value}, done"
    assert [(s.type, text[s.start : s.end]) for s in find(text, profile, roster=OwnNumbers([pattern]))] == [
        ("STUDENT_ID", value)
    ]
    assert find(f"graded x{value}9", profile, roster=OwnNumbers([pattern])) == []


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"(a+)+\d{4}", r"has '\(' at 0"),
        (r"\d+", r"has '\+' at 2"),
        (r"[A-Z]*\d{4}", r"has '\*' at 5"),
        (r"S\d{3,1}", "repeats 3 to 1 times"),
        (r"\d{99}", "99 to 99 characters"),
        (r"[a-z]{4,20}", "at least 0 digits"),
        (r"\d\d?", "1 to 2 characters"),
        ("", "0 to 0 characters"),
        (r"[z-a]\d{4}", "not readable"),
        (r"a|\d{5}", r"has '\|' at 1"),
        (r"\w\d{5}", r"has '\\\\' at 0"),
    ],
)
def test_a_pattern_that_could_be_slow_or_match_words_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(PatternRefused, match=why):
        OwnNumbers([pattern])


def test_the_number_of_patterns_is_bounded() -> None:
    with pytest.raises(PatternRefused, match="expected 1 to 32"):
        OwnNumbers([])
    with pytest.raises(PatternRefused, match="There are 33 patterns"):
        OwnNumbers([r"S\d{7}"] * 33)


def test_the_worst_pattern_on_the_worst_text_is_read_in_time() -> None:
    numbers = OwnNumbers([r"[0-9A]{0,20}[0-9A]{0,20}[0-9A]{0,20}\d{4}"] * 4)
    started = time.process_time()
    numbers.ranges("A" * 2_000, "message")
    numbers.ranges("1 " * 100_000, "message")
    assert time.process_time() - started < 10


def test_setting_a_tenants_pattern_takes_effect_at_once_and_forgets_clean_messages() -> None:
    text = "graded S7654321"
    assert is_clean(text)
    tenants.use(EVERYONE, OwnNumbers([r"S\d{7}"]))
    try:
        assert not is_clean(text)
        assert redact(text) == "graded [STUDENT_ID]"
        assert redact(text, tenant_id="any") == "graded [STUDENT_ID]"
    finally:
        tenants.use(EVERYONE)
    assert is_clean(text)
