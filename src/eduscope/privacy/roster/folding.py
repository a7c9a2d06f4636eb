"""Words of a text as a roster compares them: without case, accents and apostrophes, each with its place."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# Letters that no decomposition turns into plain ones; the last is a dotless i.
_SPECIAL = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"}
)
_APOSTROPHES = "'’ʼ`´"  # noqa: RUF001 - the ones that people type
# Vowel signs and accents belong to the letter before them; `\w` leaves them out.
_MARKS = "\u0300-\u036f\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09cd"
_LETTER = rf"(?:[^\W\d_]|[{_MARKS}])"
_WORD = re.compile(rf"{_LETTER}+(?:[{_APOSTROPHES}]{_LETTER}+)*")
_DROPPED = re.compile(f"[{_APOSTROPHES}]")


class Word(NamedTuple):
    """One word of a text: where it is, as it is compared, and whether it is written like a name."""

    start: int
    end: int
    folded: str
    is_capital: bool


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """A word in lower case, without accents and apostrophes."""
    text = _DROPPED.sub("", text.casefold())
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_SPECIAL))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def name_words(name: str) -> list[str]:
    """The words of a name: `O'Neil-Smith` gives `oneil` and `smith`."""
    if name.isascii() and name.isalpha():  # most are
        return [name.lower()]
    return [folded(match.group()) for match in _WORD.finditer(name)]


def words_of(text: str, start: int, end: int) -> list[Word]:
    """The words of a part of a text. A possessive `'s` is not part of its word."""
    words = []
    for match in _WORD.finditer(text, start, end):
        first, last = match.span()
        if last - first > 2 and text[last - 2] in _APOSTROPHES and text[last - 1] in "sS":
            last -= 2
        word = text[first:last]
        words.append(Word(first, last, folded(word), not word[0].islower()))
    return words


_TO_PLAIN = (
    bytes(c + 32 if chr(c).isupper() else c if chr(c).isalnum() else ord(" ") for c in range(128))
    + b" " * 128
)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_OTHER_SCRIPT = re.compile(r"[^\W\d_\x00-\u024f\u1e00-\u1eff]")


def flat(text: str) -> str:
    """The text with every character made a plain small letter, a digit or a space, each in its place."""
    if not text.isascii():
        text = _BEYOND_ASCII.sub(_flat_character, text)
    return text.encode("ascii").translate(_TO_PLAIN).decode("ascii")


@lru_cache(maxsize=4096)
def _base(character: str) -> str:
    return folded(character)[:1] if len(character) == 1 else " "


def _flat_character(match: re.Match[str]) -> str:
    base = _base(match.group())
    return base if base.isascii() and base else " "


def flat_words(name: str) -> list[str]:
    """The words of a name as `flat` leaves them: `O'Neil` is `o neil`."""
    return [
        " ".join(flat(part).split())
        for part in re.split(r"[\s-]+", name)
        if len(part) > 1 and flat(part).strip()
    ]


def has_other_script(text: str) -> bool:
    """Whether letters of another script than Latin are in it."""
    return not text.isascii() and _OTHER_SCRIPT.search(text) is not None
