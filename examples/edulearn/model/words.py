"""Text into terms, the same way for passages and for questions."""

import re

_WORD = re.compile(r"[a-z]+|\d+")
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "es", "ed", "s", "e")
_SHORTEST_STEM = 4
_STOP_TEXT = """
a an and are as at be because but by can do does each for from has have how i if in into is it its may me more
not of on one only or so than that the their them then there these they this to too two was were what when
where which while who why will with would you your
"""
_STOP_WORDS = frozenset(_STOP_TEXT.split())


def terms(text: str) -> list[str]:
    """The content words of a text, in lower case, cut to crude stems (`dividing` and `divides` agree)."""
    return [_stem(word) for word in _WORD.findall(text.lower()) if word not in _STOP_WORDS]


def sentences(text: str) -> list[str]:
    """The sentences of a passage."""
    return [s.strip() for s in re.split(r"(?<=[.!?])\s+", text) if s.strip()]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word
