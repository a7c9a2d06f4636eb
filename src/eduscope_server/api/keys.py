"""Keys and one-time links, for admins: make, list, revoke."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from eduscope_server.access import Access, ApiKey, Identity
from eduscope_server.api.browsers import session_of
from eduscope_server.api.forms import Name, Origin, TenantId
from eduscope_server.api.problems import NothingFound

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=100, description="What it is for.")]


class KeyWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key to make. Without a tenant it is good for all of them."""

    name: Title
    kind: Literal["ingest", "read"] = "ingest"
    project: Name = "default"
    tenant_id: TenantId | None = None
    origins: Annotated[tuple[Origin, ...], msgspec.Meta(max_length=50)] = ()


class Key(msgspec.Struct, frozen=True):
    """A key without what is secret of it."""

    key_id: int
    key_start: str
    kind: str
    source: str
    name: str
    project: str
    tenant_id: str | None
    origins: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class KeyMade(msgspec.Struct, frozen=True):
    """A new key, to be copied now: it cannot be had a second time."""

    key: str
    record: Key


class KeysAnswer(msgspec.Struct, frozen=True):
    """Every key, working ones first, the newest of them first."""

    keys: list[Key]


class LinkWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For whom the link is."""

    name: Title = "admin"


class LinkMade(msgspec.Struct, frozen=True):
    """A path of this site that signs in once, within ten minutes."""

    path: str


async def read_admin(request: Request[Any, Any, Any], access: NamedDependency[Access]) -> Identity:
    """Who asks, if they are an admin. Raises `AccessDenied` or `StateUnavailable`."""
    return await access.admin(request.headers.get("authorization"), session_of(request))


@get("/api/keys", summary="List the keys", tags=["keys"], dependencies={"admin": read_admin})
async def list_keys(access: NamedDependency[Access], admin: NamedDependency[Identity]) -> KeysAnswer:
    """Every key of the platform; for admins."""
    return KeysAnswer([_shown(key) for key in await access.list_keys()])


@post("/api/keys", summary="Make a key", tags=["keys"], dependencies={"admin": read_admin})
async def make_key(
    access: NamedDependency[Access], admin: NamedDependency[Identity], data: JSONBody[KeyWanted]
) -> KeyMade:
    """A new key, which works at once; for admins."""
    key, record = await access.make_key(
        data.kind, data.name, project=data.project, tenant_id=data.tenant_id, origins=data.origins
    )
    return KeyMade(key, _shown(record))


@delete("/api/keys/{key_id:int}", summary="Revoke a key", tags=["keys"], dependencies={"admin": read_admin})
async def revoke_key(
    access: NamedDependency[Access], admin: NamedDependency[Identity], key_id: FromPath[int]
) -> None:
    """Ends a key for good; for admins. Other platforms on the same PostgreSQL refuse it within seconds."""
    if not await access.revoke_key(key_id):
        raise NothingFound(f"there is no working key {key_id}")


@post("/api/login-codes", summary="Make a one-time link", tags=["keys"], dependencies={"admin": read_admin})
async def make_link(
    access: NamedDependency[Access], admin: NamedDependency[Identity], data: JSONBody[LinkWanted]
) -> LinkMade:
    """A link that signs one person in, once; for admins."""
    return LinkMade(f"/login?code={await access.make_login_code(data.name)}")


def _shown(key: ApiKey) -> Key:
    return msgspec.convert(key, Key, from_attributes=True)
