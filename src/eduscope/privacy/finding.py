"""Find and redact personal data and secrets in text."""

from collections.abc import Iterable

from eduscope.privacy.detector import Span
from eduscope.privacy.extra import Finder, Found
from eduscope.privacy.failures import failures
from eduscope.privacy.marker import WITHHELD, marker
from eduscope.privacy.plan import Candidate, Profile, plan
from eduscope.privacy.tenants import EVERYONE, tenants

MAX_PASSES = 8
"""A marker can bare a neighbour to a detector's guards; real text settles in the second pass."""


def find(
    text: str, profile: Profile = "prose", *, tenant_id: str = EVERYONE, roster: Finder | None = None
) -> list[Span]:
    """What must not be kept in a text: spans in order, none overlapping another.

    `profile` is "message" for what programs and operators write (strict: checksums, guards, key context) or
    "prose" for what people write (looser: words around a value count). `tenant_id` adds what that tenant has set
    (`tenants.use`), `roster` one more finder for this call.
    """
    found = _all(text, profile, tenant_id, roster, plan(profile).candidates(text))
    return [Span(start, end, kind) for start, end, _, kind in found]


def redact(
    text: str, profile: Profile = "message", *, tenant_id: str = EVERYONE, roster: Finder | None = None
) -> str:
    """The text with every found value replaced by its type's marker, such as `[EMAIL]`.

    Takes what `find` takes. Redacting twice changes nothing. It never raises: where a detector fails, the whole text
    is withheld and counted (`failures`).
    """
    try:
        signs = plan(profile)
        seen = signs.look(text)
        if not (seen[0] or seen[1] or roster or tenants):
            return text
        for _ in range(MAX_PASSES):
            found = _all(text, profile, tenant_id, roster, signs.shown(text, seen))
            if not found:
                return text
            text = replaced(text, found)
            seen = signs.look_again(seen, found, text)
    except Exception as error:  # noqa: BLE001 - failing closed: text that could not be checked is not kept
        failures.add(error)
    return WITHHELD


def values(text: str, candidates: Iterable[Candidate]) -> list[Found]:
    """What these detectors find, in order. Where two overlap, the one of lower rank gives its type to the union."""
    found = _unordered(text, candidates)
    return merged(found) if len(found) > 1 else found


def merged(found: list[Found]) -> list[Found]:
    """Overlapping ranges joined, so that no part of either survives; the lowest rank names the whole."""
    joined: list[Found] = []
    end = 0
    for value in sorted(found):
        if value[0] >= end:
            joined.append(value)
            end = value[1]
        else:
            last = joined[-1]
            end = max(end, value[1])
            _, _, rank, kind = value if value[2] < last[2] else last
            joined[-1] = (last[0], end, rank, kind)
    return joined


def replaced(text: str, found: list[Found]) -> str:
    """The text with markers in place of values."""
    if len(found) == 1:
        start, end, _, kind = found[0]
        return f"{text[:start]}[{kind}]{text[end:]}"
    pieces: list[str] = []
    at = 0
    for start, end, _, kind in found:
        pieces += (text[at:start], marker(kind))
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _all(
    text: str, profile: Profile, tenant_id: str, roster: Finder | None, candidates: Iterable[Candidate]
) -> list[Found]:
    """What the detectors, the tenant's finders and one more find."""
    finders = tenants.finders(tenant_id)
    if not (finders or roster):
        return values(text, candidates)
    own = [found for finder in finders for found in finder.ranges(text, profile)]
    own += roster.ranges(text, profile) if roster else ()
    return merged(own + _unordered(text, candidates))


def _unordered(text: str, candidates: Iterable[Candidate]) -> list[Found]:
    found: list[Found] = []
    for rank, detector, signs in candidates:
        for start, end in detector.ranges(text, signs):
            found.append((start, end, rank, detector.type))
    return found
