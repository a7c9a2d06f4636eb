"""Who a record is about: the tokens that stand for a person, and where in the store they can stand.

A raw id never leaves this module: the store and PostgreSQL see tokens only.
"""

import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from eduscope.privacy import KeyRing, is_token

_PERSON_KINDS = ("usr", "und")
"""A person's own token, and that of an undeclared text: a field nobody declared may have held the raw id."""

_TENANT = re.compile(r"[A-Za-z0-9._:/@+ -]{1,128}")


class Subject(NamedTuple):
    """A person, in one tenant or (None) in all."""

    tokens: tuple[str, ...]
    tenant_id: str | None = None

    @property
    def digests(self) -> list[bytes]:
        """What tells that a person was erased before, when the tokens are forgotten."""
        return [hashlib.sha256(b"erased:" + token.encode()).digest() for token in self.tokens]


class PersonTable(NamedTuple):
    """A table with records about people: which columns are a token, and which may hold one somewhere inside."""

    name: str
    tokens: tuple[str, ...]
    texts: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    """Lists of tuples that have a map called `attributes`."""
    has_own_time: bool = True
    """Whether rows say when they happened (`timestamp`, `marks`), not only when they were received."""


PERSON_TABLES: tuple[PersonTable, ...] = (
    PersonTable("logs", tokens=("user_id",), texts=("message",), maps=("attributes",)),
    PersonTable(
        "spans",
        tokens=("user_id",),
        texts=("name", "status_message"),
        maps=("attributes",),
        events=("events",),
    ),
    PersonTable("prose", tokens=("subject",), has_own_time=False),
)
"""Every table that a person must be erased from. A test fails for a table that is in neither list."""

IMPERSONAL_TABLES = frozenset({"migrations", "findings"})
"""Tables that can't hold a token: counts and names of fields."""


def subject_of(text: str, ring: KeyRing, tenant_id: str | None = None) -> Subject:
    """The subject that a token or a raw id names.

    A raw id gives its tokens under every key of the ring; a token is one epoch's, and no other can be had from it.
    """
    if is_token(text):
        return Subject((text,), tenant_id)
    return Subject(tuple(token for kind in _PERSON_KINDS for token in ring.tokens(text, kind)), tenant_id)


def rows_of(table: PersonTable, subject: Subject) -> str:
    """The SQL condition for a table's rows that name a subject as their person."""
    tokens = _quoted(_checked_tokens(subject.tokens))
    return _one_of([f"{column} IN ({tokens})" for column in table.tokens], subject.tenant_id)


def rows_about(table: PersonTable, subject: Subject) -> str:
    """The SQL condition for a table's rows that name a subject anywhere: `rows_of`, in a text, or in an attribute.

    Only tokens and a tenant's id stand in it, checked.
    """
    tokens = _quoted(_checked_tokens(subject.tokens))
    anywhere = [f"{column} IN ({tokens})" for column in table.tokens]
    anywhere += [f"multiSearchAny({column}, [{tokens}])" for column in table.texts]
    anywhere += [
        f"arrayExists(v -> multiSearchAny(v, [{tokens}]), mapValues({column}))" for column in table.maps
    ]
    anywhere += [
        f"arrayExists(e -> arrayExists(v -> multiSearchAny(v, [{tokens}]), mapValues(e.attributes)), {column})"
        for column in table.events
    ]
    return _one_of(anywhere, subject.tenant_id)


def _one_of(conditions: Iterable[str], tenant_id: str | None) -> str:
    joined = f"({' OR '.join(conditions)})"
    return joined if tenant_id is None else f"{joined} AND tenant_id = {tenant_literal(tenant_id)}"


def _checked_tokens(tokens: Iterable[str]) -> list[str]:
    checked = [token for token in tokens if is_token(token)]
    if not checked:
        raise ValueError("a subject has no token")
    return checked


def tenant_literal(tenant_id: str) -> str:
    """A tenant's id as SQL. Raises `ValueError` for what none can be."""
    if not _TENANT.fullmatch(tenant_id):
        raise ValueError("a tenant's id has characters that no tenant's id has")
    return f"'{tenant_id}'"


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
