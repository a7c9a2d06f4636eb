"""The gate: does a batch of raw bytes hold anything that the strict profile would redact?

It looks at a whole request body at once, OTLP protobuf or JSON, without parsing it. It never says no where a
detector of the "message" profile would find something in one of the decoded strings; it may say yes where none
would (no checksum is computed here), and then the body is parsed and each field is looked at.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from types import ModuleType
from typing import Any, NamedTuple, Self

from eduscope.privacy import detectors
from eduscope.privacy.errors import GateUnavailable
from eduscope.privacy.framing import START_UNJOINED
from eduscope.privacy.tenants import tenants

_FEW_MATCHES = 32  # of so many it is not asked yet how far apart they are
_LONGEST_NUMBER = 48  # a key, a number and the field behind it
# JSON may spell any ASCII character as an escape; a writer who does hides it from the patterns. Spared are the
# characters that common encoders escape for HTML's sake: quotes, & < = > + and the backquote.
_HIDDEN = rb"\\u00(?:2[013-589aAcCdDeEfF]|3[0-9abfABF]|[45][0-9a-fA-F]|6[1-9a-fA-F]|7[0-9a-eA-E])"


class GatePattern(NamedTuple):
    """A byte pattern in Hyperscan's dialect: `flags` are names of HS_FLAG_… without the prefix.

    A match whose last bytes are spared by one of `spares` does not count. Who does not ask them has a gate that
    opens a little more often.
    """

    name: str
    pattern: bytes
    flags: tuple[str, ...] = ("DOTALL",)
    spares: tuple[Callable[[bytes], bool], ...] = ()


def gate_patterns() -> tuple[GatePattern, ...]:
    """All patterns of the gate, for a scan of raw batch bytes that stops at the first match."""
    modules = {detectors.name_of(m): m for m in detectors.modules()}
    found = [
        GatePattern(f"{name}/{number}", pattern)
        for name, module in modules.items()
        for number, pattern in enumerate(getattr(module, "GATE", ()))
    ]
    return (*found, _numbers(tuple(modules.values())), GatePattern("escaped", _HIDDEN))


def message_patterns() -> tuple[GatePattern, ...]:
    """The same for decoded texts, where it must be told which detector module a match speaks for."""
    found = [p for p in gate_patterns() if "/" in p.name]
    return (
        *found,
        *(
            GatePattern(f"{detectors.name_of(m)}/batch", pattern)
            for m in detectors.modules()
            for pattern in getattr(m, "BATCH", ())
        ),
        *(
            GatePattern(f"{detectors.name_of(m)}/numbers", _guarded(m.GATE_NUMBERS))
            for m in detectors.modules()
            if hasattr(m, "GATE_NUMBERS")
        ),
    )


def _guarded(patterns: Iterable[bytes]) -> bytes:
    return START_UNJOINED + b"(?:" + b"|".join(patterns) + b")"


def _numbers(modules: tuple[ModuleType, ...]) -> GatePattern:
    """One pattern for all numbers. They have no literal to search for, so each would walk over all bytes by itself:
    five of them behind one guard run at 740 MB/s, behind one guard each at 370 MB/s."""
    patterns = [pattern for module in modules for pattern in getattr(module, "GATE_NUMBERS", ())]
    spares = tuple(module.spares for module in modules if hasattr(module, "spares"))
    return GatePattern("numbers", _guarded(patterns), spares=spares)


class Scanner:
    """Compiled patterns. One scanner serves any number of threads: each gets scratch space of its own."""

    def __init__(self, database: Any, hyperscan: Any) -> None:
        """Take a compiled database; `Scanner.compile()` makes one."""
        self._database = database
        self._hyperscan = hyperscan
        self._scratch = threading.local()

    @classmethod
    def compile(cls, patterns: Sequence[GatePattern]) -> Self:
        """Compile patterns (once per process: it takes a moment). Raises GateUnavailable without Hyperscan."""
        try:
            import hyperscan  # noqa: PLC0415 - the SDK works without; only the platform has it
        except ImportError as error:
            raise GateUnavailable(
                "The gate needs the package hyperscan. Run: pip install 'eduscope[server]'"
            ) from error
        database = hyperscan.Database()
        database.compile(
            expressions=[p.pattern for p in patterns],
            ids=list(range(len(patterns))),
            elements=len(patterns),
            flags=[_flags(hyperscan, p.flags) for p in patterns],
        )
        return cls(database, hyperscan)

    def matches(self, data: bytes) -> list[tuple[int, int]]:
        """Where matches end, and the number of the pattern."""
        found: list[tuple[int, int]] = []
        add = found.append

        def keep(pattern: int, _start: int, end: int, _flags: int, _context: object) -> None:
            add((end, pattern))

        self._database.scan(data, match_event_handler=keep, scratch=self._own_scratch())
        return found

    def sparse_matches(self, data: bytes, apart_bytes: int) -> list[tuple[int, int]] | None:
        """The same; None, and no further look, once matches turn out to be less than so far apart on average."""
        found: list[tuple[int, int]] = []

        def keep(pattern: int, _start: int, end: int, _flags: int, _context: object) -> bool:
            found.append((end, pattern))
            return len(found) > _FEW_MATCHES and len(found) * apart_bytes > end

        try:
            self._database.scan(data, match_event_handler=keep, scratch=self._own_scratch())
        except self._hyperscan.ScanTerminated:
            return None
        return found

    def first(self, data: bytes, accept: Callable[[int, int], bool]) -> int | None:
        """The number of the first pattern whose match is accepted, which is given the pattern and the end."""
        matched: list[int] = []

        def stop(pattern: int, _start: int, end: int, _flags: int, _context: object) -> bool:
            if accept(pattern, end):
                matched.append(pattern)
            return bool(matched)

        with suppress(self._hyperscan.ScanTerminated):
            self._database.scan(data, match_event_handler=stop, scratch=self._own_scratch())
        return matched[0] if matched else None

    def _own_scratch(self) -> Any:
        scratch = getattr(self._scratch, "value", None)
        if scratch is None:
            scratch = self._scratch.value = self._hyperscan.Scratch(self._database)
        return scratch


class Gate:
    """The compiled patterns of the gate; serves any number of threads."""

    def __init__(self, scanner: Scanner, patterns: tuple[GatePattern, ...]) -> None:
        """Take a scanner of these patterns; `Gate.compile()` makes one."""
        self._scanner = scanner
        self._patterns = patterns
        self._tenants: tuple[int, Scanner | None] = (-1, None)

    @classmethod
    def compile(cls) -> Self:
        """Compile the patterns (once per process: it takes a moment). Raises GateUnavailable without Hyperscan."""
        patterns = gate_patterns()
        return cls(Scanner.compile(patterns), patterns)

    def hit(self, data: bytes) -> bool:
        """Whether the bytes may hold something to redact, for any tenant. Stops at the first match."""
        return self.first(data) is not None or (bool(tenants) and self._is_tenants(data))

    def first(self, data: bytes) -> str | None:
        """The name of the pattern that matched first, such as `email/0`; None where none did."""
        number = self._scanner.first(data, lambda pattern, end: self._counts(data, pattern, end))
        return None if number is None else self._patterns[number].name

    def ends(self, data: bytes, *, apart_bytes: int = 0) -> list[int] | None:
        """Where the matches end, in order. None where a tenant has set something that only parsed records show, and
        where matches are less than `apart_bytes` apart on average, as far as it was looked."""
        matches = (
            self._scanner.sparse_matches(data, apart_bytes) if apart_bytes else self._scanner.matches(data)
        )
        if matches is None:
            return None
        found = [end for end, pattern in matches if self._counts(data, pattern, end)]
        if tenants:
            scanner = self._tenants_scanner()
            if scanner is None:
                return None
            found += [end for end, _ in scanner.matches(data)]
        return sorted(found)

    def _counts(self, data: bytes, pattern: int, end: int) -> bool:
        spares = self._patterns[pattern].spares
        return not any(spared(data[max(0, end - _LONGEST_NUMBER) : end]) for spared in spares)

    def _is_tenants(self, data: bytes) -> bool:
        """Whether a tenant's own finder may find something. A roster looks at parsed records only: always."""
        scanner = self._tenants_scanner()
        return scanner is None or scanner.first(data, lambda _pattern, _end: True) is not None

    def _tenants_scanner(self) -> Scanner | None:
        """The patterns of all tenants' own finders; None where one of them has none to scan bytes for."""
        patterns = [finder.gate for finder in tenants.everyones()]
        if None in patterns:
            return None
        version, scanner = self._tenants
        if version != tenants.version or scanner is None:
            version = tenants.version
            own = [
                GatePattern(f"tenant/{n}", p)
                for n, p in enumerate(p for some in patterns for p in some or ())
            ]
            scanner = Scanner.compile(own)
            self._tenants = (version, scanner)
        return scanner


def _flags(hyperscan: Any, names: tuple[str, ...]) -> int:
    """The names as Hyperscan's bits."""
    bits = 0
    for name in names:
        bits |= getattr(hyperscan, f"HS_FLAG_{name}")
    return bits
