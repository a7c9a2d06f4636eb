"""Find and redact personal data and secrets in text."""

import re
from functools import cache
from typing import Literal, NamedTuple

from eduscope.privacy import detectors
from eduscope.privacy.detector import Detector, Sign, Span
from eduscope.privacy.marker import WITHHELD, marker

Profile = Literal["message", "prose"]

_MAX_PASSES = 8
"""A marker can bare a neighbour to a detector's guards; real text settles in the second pass."""


class _Rule(NamedTuple):
    """A detector with its signs compiled."""

    detector: Detector
    sign: re.Pattern[str] | None


def compile_signs(signs: tuple[Sign, ...]) -> re.Pattern[str] | None:
    """One pattern that opens with one character class, which `re` skips through without trying alternatives."""
    if not signs:
        return None
    at = "".join(dict.fromkeys(s.at for s in signs))
    then = "|".join(dict.fromkeys(f"(?<=[{s.at}]){s.then}" for s in signs))
    return re.compile(f"[{at}](?:{then})")


@cache
def _rules(profile: Profile) -> tuple[_Rule, ...]:
    """All detectors of a profile by rank: where two overlap, the first names the union of their ranges."""
    ranked = sorted(detectors.modules(), key=lambda module: module.RANK)
    return tuple(_Rule(d, compile_signs(d.signs)) for m in ranked for d in getattr(m, profile.upper()))


@cache
def _screen(profile: Profile) -> tuple[re.Pattern[str] | None, tuple[str, ...]]:
    signs = tuple(s for rule in _rules(profile) for s in rule.detector.signs)
    return compile_signs(signs), tuple(dict.fromkeys(w for r in _rules(profile) for w in r.detector.words))


def find(text: str, profile: Profile = "prose") -> list[Span]:
    """What must not be kept in a text: spans in order, none overlapping another.

    `profile` is "message" for what programs and operators write (strict: checksums, guards, key context) or
    "prose" for what people write (looser: words around a value count).
    """
    found: list[tuple[int, int, int]] = []
    for rank, (detector, sign) in enumerate(_rules(profile)):
        if (sign is not None and sign.search(text)) or any(w in text for w in detector.words):
            found.extend((start, end, rank) for start, end in detector.ranges(text))
    return _merged(found, profile) if found else []


def _merged(found: list[tuple[int, int, int]], profile: Profile) -> list[Span]:
    """Join overlapping ranges, so that no part of either survives; the first detector by rank names the whole."""
    found.sort()
    merged = [found[0]]
    for start, end, rank in found[1:]:
        last_start, last_end, last_rank = merged[-1]
        if start < last_end:
            merged[-1] = (last_start, max(end, last_end), min(rank, last_rank))
        else:
            merged.append((start, end, rank))
    rules = _rules(profile)
    return [Span(start, end, rules[rank].detector.type) for start, end, rank in merged]


def redact(text: str, profile: Profile = "message") -> str:
    """The text with every found value replaced by its type's marker, such as `[EMAIL]`.

    Redacting twice changes nothing. It never raises: where a detector fails, the whole text is withheld.
    """
    try:
        for _ in range(_MAX_PASSES):
            spans = find(text, profile)
            if not spans:
                return text
            text = _replaced(text, spans)
    except Exception:  # noqa: BLE001 - failing closed: text that could not be checked is not kept
        return WITHHELD
    return WITHHELD


def _replaced(text: str, spans: list[Span]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end, kind in spans:
        pieces += (text[at:start], marker(kind))
        at = end
    return "".join((*pieces, text[at:]))


_MAX_REMEMBERED = 4096
_MAX_REMEMBERED_CHARACTERS = 200
_clean: set[str] = set()


def is_clean(text: str, profile: Profile = "message") -> bool:
    """Whether nothing in the text has to be redacted."""
    if profile == "message" and text in _clean:
        return True
    screen, words = _screen(profile)
    if ((screen is not None and screen.search(text)) or any(w in text for w in words)) and find(
        text, profile
    ):
        return False
    if profile == "message" and len(text) <= _MAX_REMEMBERED_CHARACTERS:
        if len(_clean) >= _MAX_REMEMBERED:
            _clean.clear()
        _clean.add(text)
    return True
