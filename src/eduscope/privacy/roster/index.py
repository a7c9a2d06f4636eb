"""The names, user names and ids of a tenant's people: an automaton finds their words, a closer look decides.

The automaton (Aho and Corasick 1975) reads a text once, 80 MB a second, whatever the number of names, and says where a
word stands that is on the roster. Only around such a word are the words compared one by one: is it half of a whole
name, does something announce it, is the word beside it a name with one letter wrong?
"""

from collections.abc import Iterable
from typing import Any

from eduscope.privacy.errors import PrivacyError
from eduscope.privacy.extra import PERSON_RANK, Found
from eduscope.privacy.plan import Profile
from eduscope.privacy.roster.folding import flat, flat_words, folded, has_other_script, name_words
from eduscope.privacy.roster.names import Names, Scan, is_announced_behind, is_common
from eduscope.privacy.roster.people import Person
from eduscope.privacy.roster.words import COMMON, NAMES_OF

SHORTEST_CODE = 4
SHORTEST_WORD = 6
SHORTEST_NUMBER = 7
"""A shorter id of digits alone is any number: it counts only behind a word, which the detectors see to."""
AROUND_CHARACTERS = 24
"""How far from a name, and to the next space from there, the words are looked at: two names or three."""
MIDDLE_CHARACTERS = 24
"""How far apart the halves of a name may be."""

_NAME, _COMMON_NAME, _USERNAME, _STUDENT_ID = range(4)
_KINDS = {_USERNAME: "USERNAME", _STUDENT_ID: "STUDENT_ID"}
_Hit = tuple[int, int, int]
"""Start, end, and what the automaton says."""


class Roster:
    """Finds a tenant's own people. Serves any number of threads; another takes its place without a restart."""

    def __init__(self, people: Iterable[Person]) -> None:
        """Take people; 200,000 take a second or two and some 200 MB. Raises PrivacyError without pyahocorasick."""
        self.names = Names()
        self.people = 0
        self._spelled: dict[str, str] = {}
        self._has_other_script = False
        self._automaton: Any = _automaton()
        for person in people:
            self.people += 1
            self._add(person)
        for name in [*self.names.words, *(short for short in NAMES_OF if self.names.is_known(short))]:
            self._add_word(name, _COMMON_NAME if is_common(name) else _NAME)
        if self.people:
            self._automaton.make_automaton()

    @property
    def gate(self) -> None:
        """None: with a roster every record is parsed. In raw bytes a name has no boundaries to go by."""
        return None

    def ranges(self, text: str, profile: Profile) -> list[Found]:
        """Where the people of the roster are named: PERSON, USERNAME, STUDENT_ID."""
        if not self._automaton:
            return []
        found: list[Found] = []
        names: list[_Hit] = []
        for last, value in self._automaton.iter(f" {flat(text)} "):
            kind, end = value & 3, last - 1
            start = end - (value >> 2)
            if kind > _COMMON_NAME:
                if self._is_spelled(text[start:end]):
                    found.append((start, end, PERSON_RANK, _KINDS[kind]))
            elif kind == _NAME or text[start].isupper():
                names.append((start, end, kind))
        parts = self._parts(text, names, profile) if names else []
        if self._has_other_script and has_other_script(text):
            parts = [(0, len(text))]
        scan = Scan(self.names, profile)
        found += ((*place, PERSON_RANK, "PERSON") for part in parts for place in scan.found(text, *part))
        return found

    def _parts(self, text: str, names: list[_Hit], profile: Profile) -> list[tuple[int, int]]:
        """The parts of a text to look at: around names that may be meant. Overlapping ones are joined."""
        parts: list[tuple[int, int]] = []
        for at, (start, end, kind) in enumerate(names):
            is_beside = (at > 0 and start - names[at - 1][1] <= MIDDLE_CHARACTERS) or (
                at + 1 < len(names) and names[at + 1][0] - end <= MIDDLE_CHARACTERS
            )
            if not is_beside and (
                profile != "prose"
                or not (
                    kind == _NAME or text[end + 1 : end + 2].isupper() or is_announced_behind(text, start)
                )
            ):
                continue
            first, last = (
                _word_start(text, start - AROUND_CHARACTERS),
                _word_end(text, end + AROUND_CHARACTERS),
            )
            if parts and first <= parts[-1][1]:
                parts[-1] = (parts[-1][0], max(last, parts[-1][1]))
            else:
                parts.append((first, last))
        return parts

    def _is_spelled(self, written: str) -> bool:
        """Whether a code stands there as it is written, not only with its punctuation left out."""
        return written.isalnum() or self._spelled.get(folded(written), "") == written.casefold()

    def _add(self, person: Person) -> None:
        given, family = name_words(person.given)[:3], name_words(person.family)
        self.names.add([*given, *name_words(person.preferred)[:1]], family)
        if not person.family.isascii():
            self._has_other_script |= self.names.add_ideographs(person.given, person.family)
            self._has_other_script |= has_other_script(person.family)
        for name in (person.given, person.family):
            if not name.isalpha() or not name.isascii():  # `O'Neil` is two words to the automaton
                for word in flat_words(name):
                    self._add_word(word, _COMMON_NAME if is_common(folded(word)) else _NAME)
        for kind, codes in ((_USERNAME, person.usernames), (_STUDENT_ID, person.ids)):
            for code in codes:
                self._add_code(code.casefold(), kind)

    def _add_code(self, code: str, kind: int) -> None:
        if _is_telling(code):
            plain = flat(code)
            if not code.isalnum():
                self._spelled[folded(code)] = code
            self._automaton.add_word(f" {plain} ", len(plain) << 2 | kind)

    def _add_word(self, word: str, kind: int) -> None:
        pattern = f" {word} "
        if pattern not in self._automaton:
            self._automaton.add_word(pattern, len(word) << 2 | kind)


def _automaton() -> Any:
    try:
        import ahocorasick  # noqa: PLC0415 - who has no roster needs none
    except ImportError as error:
        raise PrivacyError(
            "A roster needs the package pyahocorasick. Run: pip install 'eduscope[server]'"
        ) from error
    return ahocorasick.Automaton(ahocorasick.STORE_INTS)


def _is_telling(code: str) -> bool:
    """Whether a user name or id can be told from a word and from any number."""
    if code.isdecimal():
        return len(code) >= SHORTEST_NUMBER
    if not code.isalpha():
        return len(code) >= SHORTEST_CODE
    return len(code) >= SHORTEST_WORD and folded(code) not in COMMON


def _word_end(text: str, at: int) -> int:
    """The first space at or behind a place, within reason."""
    if at >= len(text):
        return len(text)
    space = text.find(" ", at, at + AROUND_CHARACTERS)
    return at if space < 0 else space


def _word_start(text: str, at: int) -> int:
    """The last space before a place, within reason."""
    if at <= 0:
        return 0
    space = text.rfind(" ", max(0, at - AROUND_CHARACTERS), at)
    return at if space < 0 else space + 1
