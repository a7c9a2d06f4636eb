"""Learners' texts on their way into the vault: taken from a record while it is inspected.

What is taken leaves `[prose:<id>]` in its place. Off a desk there is no vault: the contract's class withholds it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from eduscope.contract import FieldClass, attributes
from eduscope.privacy import redact

UNDER_13_FIELD = "edulearn.under_13"
"""What a record of a child says of itself."""

_CHARACTERS_MAX = 64 << 10
"""Kept of one text. A conversation with a tutor has a few thousand."""


class Prose(NamedTuple):
    """One text, redacted, not yet sealed."""

    id: str
    tenant_id: str
    subject: str
    field: str
    text: str
    correlation_id: str
    trace_id: str
    retention: str = "standard"


def prose_names() -> frozenset[str]:
    """The fields that hold learners' text."""
    return frozenset(f.name for f in attributes() if f.field_class is FieldClass.PROSE)


@dataclass
class Desk:
    """Takes the texts of one body, for tenants whose vault is on."""

    tenants: frozenset[str]
    names: frozenset[str]
    taken: list[Prose] = field(default_factory=list)

    def take(self, sent: Mapping[str, Any], row: Mapping[str, Any], into: dict[str, str]) -> None:
        """Takes the prose among a record's fields as they were `sent`; `into` are the attributes as they are kept.

        Takes nothing where the tenant's vault is off or nobody knows whose words they are.
        """
        if row["tenant_id"] not in self.tenants or not row["user_id"]:
            return
        for name in self.names & sent.keys():
            value = sent[name]
            text = value if isinstance(value, str) else msgspec.json.encode(value).decode() if value else ""
            if text:
                into[name] = self._taken(name, text[:_CHARACTERS_MAX], row)

    def _taken(self, name: str, text: str, row: Mapping[str, Any]) -> str:
        id_ = secrets.token_hex(16)
        self.taken.append(
            Prose(
                id=id_,
                tenant_id=row["tenant_id"],
                subject=row["user_id"],
                field=name,
                text=redact(text, profile="prose", tenant_id=row["tenant_id"]),
                correlation_id=row["correlation_id"],
                trace_id=row["trace_id"],
                retention="under13" if row["attributes"].get(UNDER_13_FIELD) == "true" else "standard",
            )
        )
        return f"[prose:{id_}]"
