"""Signs, and how many of them become one fast pattern."""

import re
from collections.abc import Iterable
from typing import NamedTuple

_ASCII = tuple(chr(code) for code in range(128))
# Branches are tried in order, 3 ns for each one passed over: first what messages have most.
_USUAL = "0123456789.:-ufpb_=SE[FAL()BU"
_DIGIT = re.compile(r"\[0-9\](?![{?*+])")
_LETTERS_FIRST = 3
"""So many letters of a key are looked at one by one, in their places; what stands before them, as a whole."""


class Sign(NamedTuple):
    """A cheap necessary condition of a match: one of the characters `at`, then `then` right behind it.

    `at` is the inside of a character class, of rare characters best; `then` is a pattern that fails soonest where it
    begins with one character or class, and may look behind, over the character `at` too. It looks `MOST_BEHIND`
    characters back and `MOST_AHEAD` on, no further. `ends` are the last characters, three or more, of what may stand
    before `at` (in any case, perhaps with a quote or space behind them); those before the last three may be classes.
    `shapes` are for signs at digits, which fill logs: one of them stands in each text that has the sign, once its
    letters are written `a` and its digits `0`.
    """

    at: str
    then: str = ""
    ends: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()


MOST_BEHIND = 24
MOST_AHEAD = 24


def key_sign(*ends: str, then: str = "") -> Sign:
    """The sign of a key before `:`, `=` or `>`, by the last letters of the key: `password=`, `"token" :`."""
    return Sign(":=>", then, ends)


def key_ends(words: Iterable[str], *lasts: str) -> tuple[str, ...]:
    """Each word with each of the ends: `student_id`, `studentno` …."""
    return tuple(word + last for word in words for last in lasts)


def characters(signs: Iterable[Sign]) -> set[str]:
    """The characters that one of the signs begins with."""
    return {c for sign in signs for c in filter(re.compile(f"[{sign.at}]").match, _ASCII)}


def any_sign(signs: tuple[Sign, ...]) -> re.Pattern[str]:
    """One pattern for all signs, with one branch per character that one of them begins with.

    A match is that one character: the next sign may begin right behind it. From branches that all open with one
    literal, `re` makes a set of first characters, skips to the next of them in one tight loop, and enters only the
    branch of that character: 0.5 µs for 60 characters, 6 µs with classes.
    """
    usual_first = sorted(sorted(characters(signs)), key=lambda c: _USUAL.find(c) % len(_ASCII))
    branches = [f"{re.escape(c)}(?={_behind(signs, c)})" for c in usual_first]
    return re.compile("|".join(branches) or "(?!)", re.ASCII)


def one_sign(sign: Sign) -> re.Pattern[str]:
    """A pattern for one sign without a key."""
    return re.compile(f"[{sign.at}](?={sign.then})", re.ASCII)


def which_signs(alternatives: list[tuple[Sign, ...]], character: str) -> re.Pattern[str]:
    """A pattern that always matches at the character; its nth group takes part where one of the nth signs is there."""
    groups = "".join(f"(?:(?={_behind(signs, character)})()|)" for signs in alternatives)
    return re.compile(re.escape(character) + groups, re.ASCII)


def _behind(signs: tuple[Sign, ...], character: str) -> str:
    """What makes the character a sign."""
    here = [sign for sign in dict.fromkeys(signs) if character in characters((sign,))]
    keys = list(dict.fromkeys((end, sign.then) for sign in here for end in sign.ends))
    return _one_of([sign.then for sign in here if not sign.ends] + _keys(keys))


def _one_of(patterns: list[str]) -> str:
    """One of the patterns. Those that begin with a digit are put together, so that it is looked at once."""
    others = [p for p in patterns if not _DIGIT.match(p)]
    digits = [_DIGIT.sub("", p, count=1) for p in patterns if _DIGIT.match(p)]
    return f"(?:{'|'.join([*others, *([f'[0-9]{_one_of(digits)}'] if digits else [])])})"


def _keys(keys: list[tuple[str, str]]) -> list[str]:
    """One of the ends before the current character, with what must stand behind it.

    First come the letters in their places, which is quick to refute; then the ends one letter after the other, each
    spelled out in both cases, so that a branch is entered for its own first letter only.
    """
    if not keys:
        return []
    lasts = [end[-_LETTERS_FIRST:] for end, _ in keys]
    places = "".join(f"[{''.join(sorted({_either_case(last[i]) for last in lasts}))}]" for i in range(3))
    quoted = "|".join(dict.fromkeys(f"(?=..{then})" if then else "" for _, then in keys))
    return [
        rf"(?<={places}.)(?<={_tree(keys, '')}.)",
        rf"(?<=[\"' \\].)(?:(?<=[\"'\\](?:{quoted})..)|(?<={places}..)(?<={_tree(keys, '.')}..))",
    ]


def _tree(keys: list[tuple[str, str]], between: str) -> str:
    """The last letters of all ends, letter by letter, each way down ending in what else that end asks for."""
    return _level([(end[-_LETTERS_FIRST:].lower(), _else(end, then, between)) for end, then in keys])


def _level(leaves: list[tuple[str, str]]) -> str:
    branches: dict[str, list[tuple[str, str]]] = {}
    for letters, leaf in leaves:
        if not letters:
            # One end that asks for nothing else makes the others needless.
            return (
                "" if any(not leaf for _, leaf in leaves) else f"(?:{'|'.join(leaf for _, leaf in leaves)})"
            )
        branches.setdefault(letters[0], []).append((letters[1:], leaf))
    return f"(?:{'|'.join(f'[{_either_case(c)}]{_level(rest)}' for c, rest in branches.items())})"


def _else(end: str, then: str, between: str) -> str:
    """What an end asks for beside its last three letters: the pattern of the whole, and what stands behind."""
    whole = (
        f"(?<=(?i:{end[:-_LETTERS_FIRST]}{re.escape(end[-_LETTERS_FIRST:])}))"
        if end[:-_LETTERS_FIRST]
        else ""
    )
    return whole + (f"(?={between}.{then})" if then else "")


def _either_case(letter: str) -> str:
    """A letter for a class, in both cases; what is not of ASCII has but one here."""
    return (
        re.escape(letter.lower()) + letter.upper()
        if letter.isascii() and letter.isalpha()
        else re.escape(letter)
    )
