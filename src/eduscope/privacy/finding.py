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
    finders = tenants.finders(tenant_id)
    if finders or roster:
        own = [
            found
            for finder in (*finders, *((roster,) if roster else ()))
            for found in finder.ranges(text, profile)
        ]
        if own:
            return merged(own + _found(text, plan(profile).candidates(text)))
    return spans(text, plan(profile).candidates(text))


def spans(text: str, candidates: Iterable[Candidate]) -> list[Span]:
    """What these detectors find. Where two overlap, the one of lower rank gives its type to the union."""
    found = _found(text, candidates)
    if len(found) == 1:
        start, end, _, kind = found[0]
        return [Span(start, end, kind)]
    return merged(found)


def _found(text: str, candidates: Iterable[Candidate]) -> list[Found]:
    return [
        (start, end, rank, detector.type)
        for rank, detector, signs in candidates
        for start, end in detector.ranges(text, signs)
    ]


def merged(found: list[Found]) -> list[Span]:
    """Overlapping ranges joined, so that no part of either survives; the lowest rank names the whole."""
    joined: list[Found] = []
    for start, end, rank, kind in sorted(found):
        if joined and start < joined[-1][1]:
            last_start, last_end, last_rank, last_kind = joined[-1]
            named = (rank, kind) if rank < last_rank else (last_rank, last_kind)
            joined[-1] = (last_start, max(end, last_end), *named)
        else:
            joined.append((start, end, rank, kind))
    return [Span(start, end, kind) for start, end, _, kind in joined]


def redact(
    text: str, profile: Profile = "message", *, tenant_id: str = EVERYONE, roster: Finder | None = None
) -> str:
    """The text with every found value replaced by its type's marker, such as `[EMAIL]`.

    Takes what `find` takes. Redacting twice changes nothing. It never raises: where a detector fails, the whole text
    is withheld and counted (`failures`).
    """
    try:
        for _ in range(MAX_PASSES):
            found = find(text, profile, tenant_id=tenant_id, roster=roster)
            if not found:
                return text
            text = replaced(text, found)
    except Exception as error:  # noqa: BLE001 - failing closed: text that could not be checked is not kept
        failures.add(error)
    return WITHHELD


def replaced(text: str, found: list[Span]) -> str:
    """The text with markers in place of the spans."""
    if len(found) == 1:
        start, end, kind = found[0]
        return f"{text[:start]}[{kind}]{text[end:]}"
    pieces: list[str] = []
    at = 0
    for start, end, kind in found:
        pieces += (text[at:start], marker(kind))
        at = end
    return "".join((*pieces, text[at:]))
