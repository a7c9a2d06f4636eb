"""What the rest of the platform learns about a caller."""

from dataclasses import dataclass
from datetime import datetime

from eduscope_server.access.secrets import Kind


@dataclass(frozen=True)
class IngestKey:
    """Who sends: project, the one tenant the key is bound to (None = the records say), browsers' origins."""

    project: str
    tenant_id: str | None = None
    origins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Identity:
    """Who reads: a name for the audit, roles, and the tenants they may see (None = all)."""

    name: str
    roles: frozenset[str]
    tenants: frozenset[str] | None = None

    @property
    def is_admin(self) -> bool:
        """Whether they may change who may do what."""
        return "admin" in self.roles


@dataclass(frozen=True)
class ApiKey:
    """A key as a list shows it: everything but the key."""

    key_id: int
    key_start: str
    kind: Kind
    source: str
    name: str
    project: str
    tenant_id: str | None
    origins: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
