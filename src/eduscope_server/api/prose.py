"""Learners' text in the vault: whose is on, and reading one text for a purpose."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath, JSONBody

from eduscope.privacy import redact
from eduscope_server.access import Identity
from eduscope_server.api.erasures import check_tenant, read_officer
from eduscope_server.api.forms import Purpose, Reason, TenantId
from eduscope_server.api.problems import NothingFound
from eduscope_server.privacy.vault import KeyDestroyed, Vault

_FOR_OFFICERS: dict[str, Any] = {"tags": ["privacy"], "dependencies": {"officer": read_officer}}


class RevealWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For what a text is read."""

    purpose: Purpose


class Prose(msgspec.Struct, frozen=True):
    """A text as its person wrote it, after the prose profile."""

    id: str
    tenant_id: str
    field: str
    text: str
    correlation_id: str
    received_at: datetime


class VaultSwitch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose vault, on or off, and why."""

    tenant_id: TenantId
    on: bool
    reason: Reason


class VaultAnswer(msgspec.Struct, frozen=True):
    """The tenants whose vault is on."""

    tenants: list[str]


@post("/api/prose/{prose_id:str}/reveal", summary="Reveal prose", status_code=200, **_FOR_OFFICERS)
async def reveal_prose(
    vault: NamedDependency[Vault],
    officer: NamedDependency[Identity],
    prose_id: FromPath[str],
    data: JSONBody[RevealWanted],
) -> Prose:
    """One text, for a stated purpose. It is on record before it is shown; where it can't be, nothing is shown."""
    purpose = redact(data.purpose.strip())
    try:
        found = await vault.reveal(prose_id, purpose=purpose, by=officer.name, tenants=officer.tenants)
    except KeyDestroyed:
        raise HTTPException("its key was destroyed: nobody can read it any more", status_code=410) from None
    if found is None:
        raise NothingFound("there is no such prose")
    return msgspec.convert(found, Prose, from_attributes=True)


@get("/api/privacy/vault", summary="Read whose vault is on", **_FOR_OFFICERS)
async def read_vault(vault: NamedDependency[Vault], officer: NamedDependency[Identity]) -> VaultAnswer:
    """The tenants whose learners' text is kept, sealed."""
    await vault.refresh()
    return _answer(vault, officer)


@put("/api/privacy/vault", summary="Turn a vault on or off", **_FOR_OFFICERS)
async def switch_vault(
    vault: NamedDependency[Vault], officer: NamedDependency[Identity], data: JSONBody[VaultSwitch]
) -> VaultAnswer:
    """Turns a tenant's vault on or off, on record. What was kept before stays until it is erased or expires."""
    check_tenant(officer, data.tenant_id)
    await vault.switch(data.tenant_id, on=data.on, reason=redact(data.reason.strip()), by=officer.name)
    return _answer(vault, officer)


def _answer(vault: Vault, officer: Identity) -> VaultAnswer:
    return VaultAnswer(sorted(t for t in vault.tenants if officer.tenants is None or t in officer.tenants))
