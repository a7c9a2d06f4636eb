"""Many messages at once, with exactly the result of `redact` on each.

One scan of all of them says which detectors a message must be shown to: most need none, and are never touched by a
regular expression of Python's. Where something was replaced the message goes round again, as it does in `redact`.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, repeat

from eduscope.privacy.errors import GateUnavailable
from eduscope.privacy.failures import failures
from eduscope.privacy.finding import MAX_PASSES, redact, replaced, values
from eduscope.privacy.gate import Scanner, message_patterns
from eduscope.privacy.marker import WITHHELD
from eduscope.privacy.plan import Plan, plan
from eduscope.privacy.tenants import EVERYONE, tenants

_FEW_CHARACTERS = 300
"""A scan costs some 3 µs whatever its size: a short text on its own is checked without."""


class BatchRedactor:
    """Redacts lists of messages by the strict profile. Serves any number of threads."""

    def __init__(self, scanner: Scanner, modules: Sequence[str]) -> None:
        """Take a scanner and, for each of its patterns, the detector module that it speaks for."""
        self._scanner = scanner
        names = sorted(set(modules))
        self._bits = [1 << names.index(name) for name in modules]

        @cache
        def of(bits: int) -> Plan:
            return plan("message", frozenset(n for i, n in enumerate(names) if bits >> i & 1))

        self._plan = of

    def redact(self, texts: Sequence[str]) -> list[str]:
        """Each text as `redact(text, "message")` gives it."""
        kept = list(texts)
        if len(kept) == 1 and len(kept[0]) < _FEW_CHARACTERS:
            return [redact(kept[0])]
        waiting: Sequence[int] = range(len(kept))
        for _ in range(MAX_PASSES):
            suspects = self._suspects([kept[i] for i in waiting])
            waiting = [at for i, bits in suspects.items() if self._replace(kept, at := waiting[i], bits)]
            if not waiting:
                return kept
        for at in waiting:
            kept[at] = WITHHELD
        return kept

    def _suspects(self, texts: list[str]) -> dict[int, int]:
        """For each text that may hold something: the detectors that must look at it, as bits."""
        parts = [text.encode("utf-8", "surrogatepass") for text in texts]
        ends = list(accumulate(len(part) + 1 for part in parts))
        found: dict[int, int] = {}
        for end, pattern in self._scanner.matches(b"\n".join(parts)):
            at = bisect_right(ends, end - 1)
            found[at] = found.get(at, 0) | self._bits[pattern]
        return found

    def _replace(self, kept: list[str], at: int, bits: int) -> bool:
        """Puts markers into one text; False where there was nothing to replace, or nothing more to check."""
        text = kept[at]
        try:
            found = values(text, self._plan(bits).sure_candidates(text))
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
