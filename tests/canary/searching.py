"""Looks for many thousand words in any number of bytes, in every encoding they might have been written in.

Each word is known by eight of its bytes, those that it shares with the fewest others (a hundred thousand addresses end
alike); the bytes searched are compared eight at a time, at every place, with a bit table of all those. What passes is
compared whole. Case is ignored, but for base64: eight of its characters, all made small, are in some token.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

import numpy as np
from tests.canary.identities import Identity

WINDOW = 8
BLOCK_BYTES = 16 << 20
_TABLE_BITS = 27
_MIX = np.uint64(0x9E3779B97F4A7C15)
LONGEST_BYTES = 512
"""Blocks overlap by this much."""
CASED = frozenset({"base64"})


def encodings(word: str) -> Iterator[tuple[str, bytes]]:
    """A word as it may stand in a file: as text, in JSON, in an address, in base64 and in hexadecimal."""
    plain = word.encode()
    yield "text", plain
    for name, other in (
        ("json", json.dumps(word)[1:-1]),
        ("json", word.replace("/", "\\/")),
        ("url", quote(word, safe="")),
    ):
        if other.encode() != plain:
            yield name, other.encode()
    yield "hex", plain.hex().encode()
    for lead in range(3):  # a text within a longer one may begin at any of base64's three places
        first, last = -(-lead * 8 // 6), (lead + len(plain)) * 8 // 6  # what its neighbours have no part in
        yield "base64", base64.b64encode(b"\0" * lead + plain)[first:last]


class Search:
    """Every value of the given people; `of` says which are found."""

    def __init__(self, people: Iterable[Identity]) -> None:
        self._words: list[bytes] = []
        self._names: list[tuple[str, str]] = []
        for identity in people:
            for value in identity:
                for encoding, word in encodings(value.needle):
                    self._words.append(word if encoding in CASED else word.lower())
                    self._names.append((value.kind, encoding))
        small = [word.lower() for word in self._words]
        self._offsets = _rarest(small)
        eights = (word[at : at + WINDOW] for word, at in zip(small, self._offsets, strict=True))
        marks = np.array([int.from_bytes(eight, "little") for eight in eights], dtype=np.uint64)
        self._order = np.argsort(marks, kind="stable")
        self._marks = marks[self._order]
        self._table = np.zeros(1 << (_TABLE_BITS - 3), dtype=np.uint8)
        hashed = self._hash(marks)
        np.bitwise_or.at(self._table, hashed >> np.uint64(3), (1 << (hashed & np.uint64(7))).astype(np.uint8))
        self.searched_bytes = 0

    def of(self, data: bytes) -> Counter[tuple[str, str]]:
        """How often anything is found, by kind of value and encoding."""
        found: Counter[tuple[str, str]] = Counter()
        self.searched_bytes += len(data)
        for start in range(0, max(1, len(data)), BLOCK_BYTES):
            whole = data[start : start + BLOCK_BYTES + LONGEST_BYTES]
            block = whole.lower()
            for begin, at in self._candidates(block):
                word = self._words[at]
                is_new = start == 0 or begin + len(word) > LONGEST_BYTES  # else the block before had it
                searched = whole if self._names[at][1] in CASED else block
                if is_new and begin >= 0 and searched.startswith(word, begin):
                    found[self._names[at]] += 1
        return found

    def _candidates(self, block: bytes) -> Iterator[tuple[int, int]]:
        """Where a word would begin, and which word."""
        whole = np.frombuffer(block, dtype=np.uint8)
        for shift in range(WINDOW):
            count = (len(whole) - shift) // WINDOW
            if count <= 0:
                continue
            eights = whole[shift : shift + count * WINDOW].view("<u8")
            hashed = self._hash(eights)
            hits = np.flatnonzero(
                self._table[hashed >> np.uint64(3)] >> (hashed & np.uint64(7)).astype(np.uint8) & 1
            )
            if not len(hits):
                continue
            first = np.searchsorted(self._marks, eights[hits], "left")
            last = np.searchsorted(self._marks, eights[hits], "right")
            for hit, low, high in zip(
                hits[last > first], first[last > first], last[last > first], strict=True
            ):
                for at in self._order[low:high]:
                    yield shift + int(hit) * WINDOW - self._offsets[at], int(at)

    def _hash(self, marks: Any) -> Any:
        with np.errstate(over="ignore"):
            return (marks.astype(np.uint64) * _MIX) >> np.uint64(64 - _TABLE_BITS)


def _rarest(words: Sequence[bytes]) -> list[int]:
    """Where in each word its eight bytes begin: at its beginning, in its middle or at its end."""
    places = [(0, (len(word) - WINDOW) // 2, len(word) - WINDOW) for word in words]
    shared = Counter(
        word[at : at + WINDOW] for word, some in zip(words, places, strict=True) for at in {*some}
    )
    return [
        min(some, key=lambda at: shared[word[at : at + WINDOW]])
        for word, some in zip(words, places, strict=True)
    ]
