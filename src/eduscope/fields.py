"""How the fields of an event are written: by the contract's class, and a string nobody declared as a token.

The verdict on a value is remembered, because programs write the same words over and over: a remembered
value costs one dictionary look-up. The memory is bounded, in entries and in the length of an entry.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from eduscope import prose
from eduscope.contract import ATTRIBUTES, LOG_FIELDS, WITHHELD, FieldClass, attribute, on_change
from eduscope.counters import counters
from eduscope.privacy import policy, redact, tenants
from eduscope.privacy.field_names import field_name
from eduscope.privacy.marker import withheld
from eduscope.values import UNREADABLE, Failed, as_number, as_text, cut, evaluated, is_a, number, quoted

KNOWN_MAX: Final = 1024
"""Verdicts remembered per field; at the limit the memory starts again, which costs a few µs per value
once.
"""

KNOWN_CHARS_MAX: Final = 256
"""Longer values are judged each time: they hardly repeat, and would fill the memory."""

PLANS_MAX: Final = 1024
"""Field names known at a time: a host that invents names must not grow this process."""

CUT_MARGIN_CHARS: Final = 256
"""Text is judged this much beyond where it is cut, so that a cut does not hide half an address from the
judge.
"""

RESERVED: Final = frozenset(f.name for f in LOG_FIELDS)
"""The names of the line's own fields. An event's field of such a name is written as `event.<name>`."""

IDS: Final = frozenset({"correlation_id", "tenant_id", "user_id", "request_id"})
"""Reserved names that an event may set for its own line."""

EXCEPTION: Final = "exc_info"
"""The field that stands for an exception, as in Python's `logging`."""

SPECIAL: Final = IDS | {EXCEPTION, "duration_ms"}
"""What is no field of its own but speaks of the line."""

Scalar = str | bool | int | float | None

_NAMES = frozenset(f.name for f in ATTRIBUTES)
_ALIASES = {name.replace(".", "_"): name for name in _NAMES if name.replace(".", "_") not in _NAMES}


class Plan:
    """How the values of one field are written."""

    __slots__ = (
        "_field",
        "_times",
        "_withheld",
        "alias",
        "judged",
        "key",
        "known",
        "lead",
        "numbers",
        "odd",
        "special",
        "undeclared"
    )  # fmt: skip

    def __init__(self, name: str) -> None:
        self.special = name in SPECIAL
        self.key = _written_name(name)
        self.lead = f",{quoted(self.key)}:"
        """The JSON before a value."""
        self.known: dict[str, str] = {}
        """The JSON of the values already judged, lead included."""
        self.judged: dict[str, str] = {}
        """The values already judged, as they may leave the process."""
        self._field = attribute(self.key)
        self.alias = self.key != name
        self.odd = self.special or self.alias or self._field is None
        """Whether a value needs more than its look-up: a place of its own, a look for a double, or
        counting.
        """
        self.undeclared = self._field is None
        field_class = self._field.field_class if self._field else None
        self.numbers = field_class in {None, FieldClass.MEASURE}
        """Whether a number may be written as it is."""
        self._times = field_class is FieldClass.MEASURE
        self._withheld = field_class if field_class in WITHHELD else None

    def text(self, value: object, chars_max: int) -> str:
        """The JSON of any value, lead included."""
        self.count(value)
        if type(value) is str:
            return self.known.get(value) or self.learn(value, chars_max)
        return self.other(value, chars_max)

    def count(self, value: object) -> None:
        """Counts a value that is no number and that nobody declared."""
        if self.undeclared and value is not None and not is_a(value, (int, float)):
            counters.undeclared_key(self.key)

    def learn(self, value: str, chars_max: int) -> str:
        """The JSON of a string not seen before; remembered where it is short enough."""
        if self._withheld is FieldClass.PROSE and prose.leaves():
            return self.lead + quoted(prose.enclosed(value, chars_max)) if value else f'{self.lead}""'
        written = self.lead + quoted(self.safe_text(value, chars_max))
        if len(value) <= KNOWN_CHARS_MAX:
            if len(self.known) >= KNOWN_MAX:
                self.known = {}
            self.known[value] = written
        return written

    def safe_text(self, value: str, chars_max: int) -> str:
        """A string as it may leave the process; remembered where it is short enough."""
        safe = self.judged.get(value)
        if safe is None:
            safe = self._judge(value, chars_max)
            if len(value) <= KNOWN_CHARS_MAX:
                if len(self.judged) >= KNOWN_MAX:
                    self.judged = {}
                self.judged[value] = safe
        return safe

    def other(self, value: object, chars_max: int) -> str:
        """The JSON of anything but a plain string, lead included; of a callable, of what it gives."""
        try:
            value = evaluated(value)
            if self._withheld is FieldClass.PROSE and prose.leaves() and value is not None:
                return self.learn(as_text(value, chars_max), chars_max)
            safe = value if isinstance(value, Failed) else self.safe(value, chars_max)
            if safe is None:
                return self.lead + "null"
            return self.lead + (quoted(safe) if isinstance(safe, str) else number(safe) or "null")
        except Exception:  # noqa: BLE001 - a value that fails at a look costs the line no more than itself
            return self.lead + quoted(UNREADABLE)

    def safe(self, value: object, chars_max: int) -> Scalar:
        """The value as it may leave the process."""
        if value.__class__ is str:
            return self.safe_text(value, chars_max)
        if value is None or (self.numbers and isinstance(value, (bool, int, float))):
            return value
        if self.numbers and (plain := as_number(value)) is not None:
            return plain
        if self._withheld:
            return withheld(self._withheld.value)
        if self._times and isinstance(value, (dt.datetime, dt.date, dt.time)):
            return value.isoformat()
        return self._judge(as_text(value, chars_max + CUT_MARGIN_CHARS), chars_max)

    def _judge(self, value: str, chars_max: int) -> str:
        return cut(policy.apply(self._field, value[: chars_max + CUT_MARGIN_CHARS]), chars_max)


def _written_name(name: str) -> str:
    """The name a field is written under."""
    if name in RESERVED:
        return f"event.{name}"
    key = _ALIASES.get(name, name)
    return key if attribute(key) is not None else field_name(key)


class _Plans(dict[str, Plan]):
    """Plans by the name that callers use; made on first sight."""

    def __missing__(self, name: str) -> Plan:
        if len(self) >= PLANS_MAX:
            self.clear()
        made = self[name] = Plan(name)
        return made


plans = _Plans()
"""The plans made so far."""


def plan(name: str) -> Plan:
    """The plan of a field."""
    return plans[name]


def spellings(names: Iterable[str]) -> frozenset[str]:
    """These names and all others of the same fields: `course_id`, `course.id`; `timestamp`, `event.timestamp`."""
    found = set(names)
    for name in found - SPECIAL:
        key = plans[name].key
        alias, own = key.replace(".", "_"), key.removeprefix("event.")
        found.add(key)
        if _ALIASES.get(alias) == key:
            found.add(alias)
        if own in RESERVED and own not in SPECIAL:
            found.add(own)
    return frozenset(found)


def forget() -> None:
    """Forgets every verdict: another key ring makes other tokens, another declaration other plans.

    A verdict that is being made meanwhile goes to a plan that nobody finds any more.
    """
    plans.clear()


on_change(forget)  # a field declared later is written as its class says from then on
tenants.on_change(forget)  # and a value in which a new finder finds somebody is judged anew


def safe_message(text: str, chars_max: int = 8192) -> str:
    """Operators' text after the strict profile. The line remembers what comes of it, so nothing is here."""
    return cut(redact(text[: chars_max + CUT_MARGIN_CHARS]), chars_max)
