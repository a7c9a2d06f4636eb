"""Names of people, alone and in pairs, and how a text's words are compared with them."""

import re
from collections.abc import Iterator

from eduscope.privacy.plan import Profile
from eduscope.privacy.roster.folding import Word, words_of
from eduscope.privacy.roster.words import ANNOUNCING, COMMON, NAMES_OF, PARTICLES

SHORTEST_NAME = 4
"""A shorter one is treated as a common word."""
SHORTEST_MISTYPED = 5
"""In a shorter word one wrong letter makes another word."""

NEAR_MAX = 20_000
"""Words remembered with the names near them: 50 µs each, some 5 MB together."""

_BETWEEN = re.compile(r"[ \t\u00a0]{1,2}|-|_|\.[ ]?|,[ ]?|\n")
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
_LONGEST_IDEOGRAPHS = 6
_LONGEST_ANNOUNCEMENT = 24
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
Place = tuple[int, int]
"""Start and end."""


class Names:
    """The names of all people: single words, and which given name goes with which family name."""

    def __init__(self) -> None:
        self.words: set[str] = set()
        self.pairs: set[str] = set()
        self.ideographs: set[str] = set()
        self._near: dict[str, frozenset[str]] = {}

    def add(self, given: list[str], family: list[str]) -> None:
        """Take the words of a given and of a family name, folded."""
        given = [word for word in given if word not in PARTICLES]
        family = [word for word in family if word not in PARTICLES]
        self.words.update(given, family)
        self.pairs.update(f"{g} {f}" for g in given for f in family)

    def add_ideographs(self, given: str, family: str) -> bool:
        """Take a name whose script puts no spaces between words; says whether it is one."""
        wholes = [whole for whole in (family + given, given + family) if _IDEOGRAPHS.fullmatch(whole)]
        self.ideographs.update(wholes)
        return bool(wholes)

    def is_known(self, name: str) -> bool:
        """Whether somebody is called so, or so for short."""
        if name in self.words:
            return True
        return name in NAMES_OF and not self.words.isdisjoint(NAMES_OF[name])

    def are_one(self, one: str, other: str) -> bool:
        """Whether two words are somebody's given and family name, in either order, perhaps by a nickname."""
        if f"{one} {other}" in self.pairs or f"{other} {one}" in self.pairs:
            return True
        for short, family in ((one, other), (other, one)):
            if short in NAMES_OF and any(f"{given} {family}" in self.pairs for given in NAMES_OF[short]):
                return True
        return False

    def are_one_mistyped(self, one: str, other: str) -> bool:
        """The same with one letter of one of the words wrong, missing, too many, or swapped with its neighbour."""
        return any(
            self.are_one(right, near)
            for right, wrong in ((one, other), (other, one))
            if self.is_known(right)
            for near in self.near(wrong)
        )

    def near(self, word: str) -> frozenset[str]:
        """The names that a word could be with one letter put right; none where it is a word of its own."""
        if len(word) < SHORTEST_MISTYPED or word in COMMON:
            return frozenset()
        near = self._near.get(word)
        if near is None:
            if len(self._near) >= NEAR_MAX:
                self._near = {}
            near = self._near[word] = mistyped(word) & self.words
        return near


def is_common(name: str) -> bool:
    """Whether a name is said without anybody being meant, or too short to tell."""
    return len(name) < SHORTEST_NAME or name in COMMON


def mistyped(word: str) -> frozenset[str]:
    """All that a word could be with one letter put right (Damerau 1964)."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    return frozenset(
        [
            *(a + b[1:] for a, b in cuts if b),
            *(a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1),
            *(a + c + b[1:] for a, b in cuts if b for c in _LETTERS),
            *(a + c + b for a, b in cuts for c in _LETTERS),
        ]
    )


class Scan:
    """Looks at the words of a text one by one."""

    def __init__(self, names: Names, profile: Profile) -> None:
        self._names = names
        self._is_prose = profile == "prose"

    def found(self, text: str, start: int, end: int) -> Iterator[Place]:
        """The people that a part of a text names."""
        yield from self._ideographs(text, start, end)
        words = words_of(text, start, end)
        known = [at for at, word in enumerate(words) if self._names.is_known(word.folded)]
        end = 0
        # A whole name begins at a known word, or up to two words before one.
        for at in sorted({at for name in known for at in (name - 2, name - 1, name) if at >= 0}):
            if words[at].start < end:
                continue
            last = self._whole_name(text, words, at)
            if last is None and self._is_prose and self._stands_alone(text, words, at):
                last = at
            if last is not None:
                last = self._extended(text, words, last)
                end = words[last].end
                yield words[at].start, end

    def _whole_name(self, text: str, words: list[Word], at: int) -> int | None:
        """The number of the last word of a whole name that begins here: the next, or the one behind a middle name."""
        for behind in (1, 2):
            if at + behind >= len(words) or not _adjoin(text, words[at + behind - 1], words[at + behind]):
                return None
            if behind == 2 and not (words[at + 1].is_capital or words[at + 1].folded in PARTICLES):
                return None
            one, other = words[at], words[at + behind]
            are_capital = one.is_capital and other.is_capital
            if not are_capital and is_common(one.folded) and is_common(other.folded):
                continue
            if self._names.are_one(one.folded, other.folded):
                return at + behind
            is_close = self._is_prose and (are_capital or one.is_capital == other.is_capital) and behind == 1
            if is_close and self._names.are_one_mistyped(one.folded, other.folded):
                return at + behind
        return None

    def _stands_alone(self, text: str, words: list[Word], at: int) -> bool:
        """Whether one word by itself names somebody: it is nothing but a name, or something announces it."""
        word = words[at]
        announced = is_announced(text, words, at)
        if self._names.is_known(word.folded):
            return (word.is_capital and (announced or not is_common(word.folded))) or (
                announced and not is_common(word.folded)
            )
        is_candidate = announced and word.is_capital and len(word.folded) > SHORTEST_MISTYPED
        return is_candidate and bool(self._names.near(word.folded))

    def _extended(self, text: str, words: list[Word], last: int) -> int:
        """Over further names of the same person: `Ada Lovelace King`."""
        while last + 1 < len(words):
            word = words[last + 1]
            is_name = word.is_capital and self._names.is_known(word.folded) and not is_common(word.folded)
            if not is_name or not _adjoin(text, words[last], word):
                break
            last += 1
        return last

    def _ideographs(self, text: str, start: int, end: int) -> Iterator[Place]:
        """Names in scripts that put no space between words."""
        if not self._names.ideographs:
            return
        for run in _IDEOGRAPHS.finditer(text, start, end):
            for at in range(run.start(), run.end() - 1):
                for until in range(min(run.end(), at + _LONGEST_IDEOGRAPHS), at + 1, -1):
                    if text[at:until] in self._names.ideographs:
                        yield at, until
                        break


def _adjoin(text: str, one: Word, other: Word) -> bool:
    """Whether two words stand side by side as parts of a name do."""
    return other.start - one.end <= 2 and _BETWEEN.fullmatch(text, one.end, other.start) is not None


def is_announced(text: str, words: list[Word], at: int) -> bool:
    """Whether the words before say that a name follows: `Dear`, `Mr.`, `my name is`, `I am`."""
    if at == 0 or words[at].start - words[at - 1].end > 2:
        return False
    before = words[at - 1].folded
    if before in ("is", "am") and at > 1:
        return words[at - 2].folded in ("name", "i")
    return before in ANNOUNCING


def is_announced_behind(text: str, start: int) -> bool:
    """The same for a place in a text."""
    words = words_of(text, max(0, start - _LONGEST_ANNOUNCEMENT), start + 1)
    return is_announced(text, words, len(words) - 1)
