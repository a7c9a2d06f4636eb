"""One field at a time: what is kept of it, by its class in the contract.

Verdicts on values are remembered, for programs say the same words over and over: a remembered value costs one
look-up. The memory is bounded, in entries and in the length of an entry.
"""

import math
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from eduscope.contract import LEVELS, Field, FieldClass, attribute, on_change
from eduscope.privacy import KeyRing, default_ring, is_clean, is_token, policy, redact, tenants, tokenize
from eduscope.privacy.epochs import meet
from eduscope.privacy.field_names import field_name
from eduscope.privacy.marker import withheld
from eduscope_server.ingest.inspection.texts import Texts

KNOWN_MAX = 16_384
KNOWN_CHARACTERS_MAX = 200
PEOPLE_MAX = 65_536
HEADINGS_MAX = 4096
PLANS_MAX = 4096
"""Keys known at a time: a sender that invents keys must not grow this process."""
BODY_LEVELS_MAX = 100
"""Lists and maps within each other in a body; deeper ones, which only a fault makes, would use up Python's stack."""
LEARNED_MAX = 200_000
"""Values learned of all keys before everything is forgotten: some 100 MB where each is as long as may be."""
BATCH_FIELDS = 50_000
"""A batch ends where its records have so many: each takes up to 50 µs where a sender invents keys."""

_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_DRAWN_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""No detector finds anything in these: they are longer than its values, and not divided where it looks."""
_LABEL = re.compile(r"[A-Za-z0-9._:/@+ -]{0,128}")
_GUARDED = frozenset({FieldClass.PROSE, FieldClass.SECRET, FieldClass.NETWORK, FieldClass.TOKEN})
"""Of these classes not even a number is kept as it came: it may be a student's number."""


class Kept(msgspec.Struct):
    """What a record's attributes come to: texts, numbers, and what was odd."""

    attributes: dict[str, str]
    measures: dict[str, float]
    marks: list[str]


class _Known(dict[str, str]):
    """What became of values seen before."""

    def __init__(self, entries_max: int = KNOWN_MAX) -> None:
        super().__init__()
        self._entries_max = entries_max

    def learn(self, value: str, kept: str) -> str:
        """Remembers one, if it is short; at the limit the memory starts again."""
        if len(value) <= KNOWN_CHARACTERS_MAX:
            if len(self) >= self._entries_max:
                self.clear()
            self[value] = kept
        return kept


class Plan:
    """How the values of one key are treated."""

    __slots__ = (
        "declared",
        "is_guarded",
        "is_message",
        "is_renamed",
        "key",
        "known",
        "name",
        "pairs",
        "seen",
    )

    def __init__(self, key: str, declared: Field | None) -> None:
        self.key = key if declared else field_name(key)
        """The name it is kept under."""
        self.is_renamed = self.key != key
        self.declared = declared
        field_class = declared.field_class if declared else None
        self.is_guarded = field_class in _GUARDED
        self.is_message = field_class is FieldClass.MESSAGE
        self.known = _Known()
        self.name = as_json(self.key)
        self.pairs = _Known()
        """What values come to, written as `,"key":"value"`."""
        self.seen = _Known()
        """Free texts that came once."""

    def kept(self, value: str) -> str | None:
        """What is kept of a value; None of a free text, which is checked with others, until it comes again."""
        kept = self.known.get(value)
        if kept is None and not (self.is_message and self._is_new(value)):
            plans.count()
            kept = self.known.learn(value, policy.apply(self.declared, value))
        return kept

    def pair(self, value: str) -> str | None:
        """The same, written with its name."""
        if not value:
            return ""
        if self.is_message and self._is_new(value):
            return None
        plans.count()
        return self.pairs.learn(value, f",{self.name}:{as_json(policy.apply(self.declared, value))}")

    def _is_new(self, value: str) -> bool:
        """Whether a free text may not be remembered: it came for the first time, is long, or tenants differ."""
        if tenants or len(value) > KNOWN_CHARACTERS_MAX:
            return True
        is_new = value not in self.seen
        if is_new:
            plans.count()
            self.seen.learn(value, "")
        return is_new


class _Plans(dict[str, Plan]):
    """Plans by key, made on first sight: another key ring makes other tokens, and starts them anew."""

    made_under: tuple[KeyRing, int] | None = None
    generation = 0
    """Grows whenever plans are forgotten, for who keeps some."""
    learned = 0
    """Values that plans have remembered since then."""

    def __missing__(self, key: str) -> Plan:
        if len(self) >= PLANS_MAX:
            self.clear()
        plan = self[key] = Plan(key, attribute(key))
        return plan

    def clear(self) -> None:
        """Forgets all plans."""
        super().clear()
        self.generation += 1
        self.learned = 0

    def count(self) -> None:
        """To be called for each value that is remembered."""
        self.learned += 1
        if self.learned > LEARNED_MAX:
            self.clear()

    def under(self, ring: KeyRing, tenants_version: int) -> bool:
        """Forgets everything where the ring or what tenants have set is another; says whether it did."""
        if self.made_under == (ring, tenants_version):
            return False
        self.clear()
        self.made_under = (ring, tenants_version)
        return True


plans = _Plans()
on_change(plans.clear)
people = _Known(PEOPLE_MAX)
"""Persons seen before, and their tokens."""
headings: dict[tuple[str, ...], tuple[str, ...]] = {}
"""Level, service, tenant, environment and release as lines said them, and as they are kept."""
_labels = _Known()


def fresh() -> None:
    """To be called before a batch: what was remembered under other keys or other rosters is forgotten."""
    if plans.under(default_ring(), tenants.version):
        people.clear()
        headings.clear()
        _labels.clear()


def repeat(key: str, value: Any, into: Kept) -> bool:
    """Files a text that was seen before under the same key, and says whether it did: the way most values go."""
    if value.__class__ is str:
        plan = plans[key]
        kept = plan.known.get(value)
        if kept:
            into.attributes[plan.key] = kept
            return True
    return False


def keep(key: str, value: Any, into: Kept, texts: Texts) -> None:
    """Files one attribute under texts or numbers; empty and absent ones are left out."""
    plan = plans[key]
    key = plan.key
    if value.__class__ is not str:
        if value is None:
            return
        if isinstance(value, bool) and not plan.is_guarded:
            into.attributes[key] = "true" if value else "false"
            return
        if isinstance(value, int | float) and not plan.is_guarded:
            if math.isfinite(value):
                into.measures[key] = float(value)
            return
        # A list or a map has no class of its own parts: it is treated as the text that it makes.
        value = text_of(value)
    if value:
        # Behind a free text of the same name, which waits to be put there, this one waits too: the later one counts.
        kept = None if plan.is_message and key in into.attributes else plan.kept(value)
        if kept is None:
            texts.add(into.attributes, key, value)
        else:
            into.attributes[key] = kept


def said(body: Any) -> str:
    """What a record says, as text. A map's fields are each treated by their class; the text they make is JSON."""
    return body if isinstance(body, str) else text_of(_treated(body, None))


def _treated(value: Any, plan: Plan | None, levels: int = BODY_LEVELS_MAX) -> Any:
    """A part of a body, by the class of the field that it is in; what is in none is free text."""
    if isinstance(value, dict | list) and not levels:
        return withheld("depth")
    if isinstance(value, dict):
        return {p.key: _treated(part, p, levels - 1) for p, part in ((plans[k], v) for k, v in value.items())}
    if isinstance(value, list):
        return [_treated(part, plan, levels - 1) for part in value]
    if plan is None or value is None or (not plan.is_guarded and isinstance(value, bool | int | float)):
        return value
    return policy.apply(plan.declared, text_of(value))


def as_json(value: Any) -> str:
    """A value as JSON."""
    return msgspec.json.encode(value).decode()


def text_of(value: Any) -> str:
    """A value as text: JSON, where it is none."""
    return value if isinstance(value, str) else as_json(value)


def person(value: str) -> str:
    """A token; any other name of a person becomes one."""
    kept = people.get(value)
    if kept is None:
        kept = people.learn(value, value if not value or is_token(value) else meet(value))
    return kept


def identifier(value: str, marks: list[str]) -> str:
    """An id of the right shape; any other becomes a code that still joins, and is marked."""
    if not value or _DRAWN_ID.fullmatch(value) or (_ID.fullmatch(value) and is_clean(value)):
        return value
    if "id_replaced" not in marks:
        marks.append("id_replaced")
    return tokenize(value, kind="id").rpartition("_")[2]


def heading(words: Sequence[str]) -> tuple[str, ...]:
    """Level, service, tenant, environment and release as they are kept: what stands at the head of lines."""
    level, service, tenant, environment, release = words
    made = (
        level if level in LEVELS else "info",
        label(service or "unknown_service"),
        label(tenant),
        label(environment),
        label(release),
    )
    if sum(map(len, words)) <= KNOWN_CHARACTERS_MAX:
        if len(headings) >= HEADINGS_MAX:
            headings.clear()
        headings[tuple(words)] = made
    return made


def label(value: str) -> str:
    """A short word from a small set; any other is withheld."""
    kept = _labels.get(value)
    if kept is None:
        kept = redact(value) if _LABEL.fullmatch(value) else "[withheld:label]"
        _labels.learn(value, kept)
    return kept
