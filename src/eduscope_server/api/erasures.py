"""Erasing people, and the certificates of it, for privacy officers."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from eduscope.privacy import default_ring, redact
from eduscope_server.access import Access, AccessDenied, Identity
from eduscope_server.api.browsers import session_of
from eduscope_server.api.forms import Reason, TenantId
from eduscope_server.api.problems import NothingFound
from eduscope_server.privacy.certificate import fingerprint
from eduscope_server.privacy.erasure import Erasure, Erasures
from eduscope_server.privacy.subjects import subject_of


class ErasureWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to erase, and why."""

    subject: Annotated[
        str, msgspec.Meta(min_length=1, max_length=500, description="A raw id, or a token of it. Not kept.")
    ]
    reason: Reason
    tenant_id: TenantId | None = None
    wait: Annotated[bool, msgspec.Meta(description="Take the rows off the disk now.")] = False


class ErasureShown(msgspec.Struct, frozen=True):
    """What was done. `stage` is `hiding`, `hidden` (no query finds a row) or `removed` (no disk has one)."""

    erasure_id: int
    stage: str
    tenant_id: str | None
    reason: str
    requested_by: str
    requested_at: datetime
    repeats: int | None
    keys_destroyed: int
    keys_destroyed_at: datetime | None
    rows_deleted: dict[str, int]
    hidden_at: datetime | None
    removed_at: datetime | None
    follow_until: datetime


class ErasuresAnswer(msgspec.Struct, frozen=True):
    """The latest erasures, newest first."""

    erasures: list[ErasureShown]


class CertificateKey(msgspec.Struct, frozen=True):
    """What certificates of this installation are checked with (Ed25519, base64), and its name for people."""

    public_key: str
    fingerprint: str


async def read_officer(request: Request[Any, Any, Any], access: NamedDependency[Access]) -> Identity:
    """Who asks; an admin or a privacy officer. Raises `AccessDenied` or `StateUnavailable`."""
    identity = await access.reader(request.headers.get("authorization"), session_of(request))
    if not identity.roles & {"admin", "privacy"}:
        raise AccessDenied(403, "not_an_officer", "only a privacy officer or an admin may do this")
    return identity


def check_tenant(identity: Identity, tenant_id: str | None) -> None:
    """Raises `AccessDenied` where the tenant (None: all of them) is not the officer's."""
    if identity.tenants is not None and tenant_id not in identity.tenants:
        raise AccessDenied(
            403, "not_your_tenant", "this reaches beyond your tenants", hint="name one of your tenants"
        )


_FOR_OFFICERS: dict[str, Any] = {"tags": ["privacy"], "dependencies": {"officer": read_officer}}


@post("/api/privacy/erasures", summary="Erase a person", **_FOR_OFFICERS)
async def erase_person(
    erasures: NamedDependency[Erasures],
    officer: NamedDependency[Identity],
    data: JSONBody[ErasureWanted],
) -> ErasureShown:
    """Destroys a person's keys and deletes their rows in every table. Unreadable when this answers.

    Without a tenant: in all tenants. Twice is safe; the second one says which it repeats.
    """
    check_tenant(officer, data.tenant_id)
    subject = subject_of(data.subject.strip(), default_ring(), data.tenant_id)
    reason = redact(data.reason.strip())
    return _shown(await erasures.erase(subject, reason=reason, by=officer.name, wait=data.wait))


@get("/api/privacy/erasures", summary="List erasures", **_FOR_OFFICERS)
async def list_erasures(
    erasures: NamedDependency[Erasures], officer: NamedDependency[Identity]
) -> ErasuresAnswer:
    """The latest erasures. None of them says who was erased."""
    return ErasuresAnswer([_shown(e) for e in await erasures.list() if _may_see(officer, e)])


@get("/api/privacy/erasures/{erasure_id:int}", summary="Read an erasure", **_FOR_OFFICERS)
async def read_erasure(
    erasures: NamedDependency[Erasures], officer: NamedDependency[Identity], erasure_id: FromPath[int]
) -> ErasureShown:
    """How far an erasure is."""
    return _shown(await _found(erasures, officer, erasure_id))


@get("/api/privacy/erasures/{erasure_id:int}/certificate", summary="Read a certificate", **_FOR_OFFICERS)
async def read_certificate(
    erasures: NamedDependency[Erasures], officer: NamedDependency[Identity], erasure_id: FromPath[int]
) -> dict[str, Any]:
    """The signed certificate of an erasure, once its rows are hidden."""
    certificate = (await _found(erasures, officer, erasure_id)).certificate
    if certificate is None:
        raise NothingFound(f"erasure {erasure_id} has no certificate yet: its rows are still being hidden")
    return certificate


@get("/api/privacy/certificate-key", summary="Read the key of certificates", tags=["privacy"])
async def read_certificate_key(
    erasures: NamedDependency[Erasures], identity: NamedDependency[Identity]
) -> CertificateKey:
    """What anyone checks certificates of this installation with."""
    return CertificateKey(erasures.public_key, fingerprint(erasures.public_key))


async def _found(erasures: Erasures, officer: Identity, erasure_id: int) -> Erasure:
    erasure = await erasures.read(erasure_id)
    if erasure is None or not _may_see(officer, erasure):
        raise NothingFound(f"there is no erasure {erasure_id}")
    return erasure


def _may_see(officer: Identity, erasure: Erasure) -> bool:
    return officer.tenants is None or erasure.tenant_id in officer.tenants


def _shown(erasure: Erasure) -> ErasureShown:
    return ErasureShown(
        erasure_id=erasure.erasure_id,
        stage=erasure.stage,
        tenant_id=erasure.tenant_id,
        reason=erasure.reason,
        requested_by=erasure.requested_by,
        requested_at=erasure.requested_at,
        repeats=erasure.repeats,
        keys_destroyed=erasure.keys_destroyed,
        keys_destroyed_at=erasure.keys_destroyed_at,
        rows_deleted=erasure.found,
        hidden_at=erasure.hidden_at,
        removed_at=erasure.removed_at,
        follow_until=erasure.follow_until,
    )
