"""Many messages at once, with exactly the result of `redact` on each.

One scan of all of them says which detectors a message must be shown to: most need none, and are never touched by a
regular expression of Python's. Where something was replaced the message goes round again, as it does in `redact`.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, repeat

from eduscope.privacy.errors import GateUnavailable
from eduscope.privacy.extra import Found
from eduscope.privacy.failures import failures
from eduscope.privacy.finding import MAX_PASSES, merged, redact, replaced, values
from eduscope.privacy.gate import Scanner, message_patterns
from eduscope.privacy.marker import WITHHELD
from eduscope.privacy.plan import Candidate, Plan, plan, ranked
from eduscope.privacy.tenants import EVERYONE, tenants

_FEW_CHARACTERS = 300
"""A scan costs some 3 µs whatever its size: a short text on its own is checked without."""

Match = tuple[int, int]
"""Where a match ends, counted back from behind the line break that ends its text; and the number of its pattern."""

_ADDRESS_BEFORE, _ADDRESS_BEHIND, _ADDRESS_GUARD = 13, 2, 2
"""Of IPv4: a match ends behind the first digit of the last number, the address may begin so many bytes before and
end so many behind that, and its pattern asks for so many more."""

_SIGN_WITHIN = {"username_said": 64, "username_key": 64}
"""Modules whose signs stand so close before the end of the match that speaks for them: nobody looks elsewhere.

`user` or a key's `=` is followed
by at most two spaces, eight quotes and the 39 characters by which a name that begins like a token is told from one.
"""


class BatchRedactor:
    """Redacts lists of messages by the strict profile. Serves any number of threads."""

    def __init__(self, scanner: Scanner, modules: Sequence[str]) -> None:
        """Take a scanner and, for each of its patterns, the detector module that it speaks for."""
        self._scanner = scanner
        names = sorted(set(modules))
        self._speaks_for = [(1 << names.index(name), _SIGN_WITHIN.get(name)) for name in modules]

        @cache
        def of(bits: int) -> Plan:
            return plan("message", frozenset(n for i, n in enumerate(names) if bits >> i & 1))

        self._plan = of
        own = {name: (rank, detector) for name, rank, detector in ranked("message") if name == "ipv4"}
        self._addresses = [own.get(name) for name in modules]

    def redact(self, texts: Sequence[str]) -> list[str]:
        """Each text as `redact(text, "message")` gives it."""
        kept = list(texts)
        if len(kept) == 1 and len(kept[0]) < _FEW_CHARACTERS:
            return [redact(kept[0])]
        waiting: Sequence[int] = range(len(kept))
        for _ in range(MAX_PASSES):
            suspects = self._suspects([kept[i] for i in waiting])
            waiting = [at for i, matches in suspects if self._replace(kept, at := waiting[i], matches)]
            if not waiting:
                return kept
        for at in waiting:
            kept[at] = WITHHELD
        return kept

    def _suspects(self, texts: list[str]) -> list[tuple[int, list[Match]]]:
        """Which texts may hold something, and the matches in them."""
        joined = "\n".join(texts)
        body = joined.encode("utf-8", "surrogatepass")
        is_ascii = len(body) == len(joined)
        parts = texts if is_ascii else [text.encode("utf-8", "surrogatepass") for text in texts]
        stops = list(accumulate([len(part) + 1 for part in parts]))
        suspects: list[tuple[int, list[Match]]] = []
        at = stop = 0
        for end, pattern in sorted(self._scanner.matches(body)):
            if end > stop:
                at = bisect_right(stops, end - 1, at)
                stop = stops[at]
                suspects.append((at, []))
            suspects[-1][1].append((end - stop, pattern))
        return suspects

    def _candidates(self, text: str, matches: list[Match]) -> list[Candidate]:
        """The detectors that must look at a text, and where."""
        bits, size = 0, len(text) + 1
        windows: list[tuple[int, int]] = []
        for end, pattern in matches:
            bit, width = self._speaks_for[pattern]
            bits |= bit
            stop = size + end if width else size
            start = stop - (width or size)
            while windows and start <= windows[-1][1]:
                first, last = windows.pop()
                start, stop = min(start, first), max(stop, last)
            windows.append((start, stop))
        # Matches end at bytes; in ASCII alone that is a place in the text.
        return self._plan(bits).candidates_within(text, windows if text.isascii() else [(0, size)])

    def _found(self, text: str, matches: list[Match]) -> list[Found]:
        """What the detectors find in a text. Addresses stand right at their matches: no sign of theirs is sought."""
        if not text.isascii():
            return values(text, self._candidates(text, matches))
        found: list[Found] = []
        others: list[Match] = []
        size = len(text) + 1
        for match in matches:
            address = self._addresses[match[1]]
            if address is None:
                others.append(match)
                continue
            rank, detector = address
            end = size + match[0]
            ip = detector.pattern.search(text, end - _ADDRESS_BEFORE, end + _ADDRESS_BEHIND + _ADDRESS_GUARD)
            place = detector.locate(ip) if ip and ip.end() <= end + _ADDRESS_BEHIND else None
            if place:
                found.append((place[0], place[1], rank, detector.type))
        if others:
            found += values(text, self._candidates(text, others))
        return merged(found) if len(found) > 1 else found

    def _replace(self, kept: list[str], at: int, matches: list[Match]) -> bool:
        """Puts markers into one text; False where there was nothing to replace, or nothing more to check."""
        text = kept[at]
        try:
            found = self._found(text, matches)
            if found:
                kept[at] = replaced(text, found)
        except Exception as error:  # noqa: BLE001 - failing closed, for this text alone
            failures.add(error)
            kept[at] = WITHHELD
            return False
        return bool(found)


@cache
def batch_redactor() -> BatchRedactor:
    """The process's own; compiled on first use, which takes half a second. Raises GateUnavailable without Hyperscan."""
    patterns = message_patterns()
    return BatchRedactor(Scanner.compile(patterns), [p.name.partition("/")[0] for p in patterns])


def redact_all(texts: Sequence[str], tenant_ids: Sequence[str] = ()) -> list[str]:
    """Each text as `redact(text, "message")` gives it; all in one scan where Hyperscan is installed.

    `tenant_ids`, one for each text, adds what the tenants have set.
    """
    redactor = _installed()
    kept = redactor.redact(texts) if redactor else [redact(text) for text in texts]
    if tenants:
        for at, (text, tenant_id) in enumerate(zip(texts, tenant_ids or repeat(EVERYONE), strict=False)):
            if _names_own(text, tenant_id):
                kept[at] = redact(text, tenant_id=tenant_id)
    return kept


def _names_own(text: str, tenant_id: str) -> bool:
    """Whether a tenant's finders find anything in a text, or fail on it."""
    try:
        return any(finder.ranges(text, "message") for finder in tenants.finders(tenant_id))
    except Exception:  # noqa: BLE001 - `redact` fails the same way, counts it and withholds the text
        return True


@cache
def _installed() -> BatchRedactor | None:
    try:
        return batch_redactor()
    except GateUnavailable:
        return None
