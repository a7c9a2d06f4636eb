"""What was found in the records, what nobody declared, and the declarations people made."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from eduscope.contract import DeclarationError, FieldClass
from eduscope.privacy import redact
from eduscope_server.access import Identity
from eduscope_server.api.keys import read_admin
from eduscope_server.api.parameters import Service, Tenant
from eduscope_server.api.problems import NothingFound
from eduscope_server.privacy.declared_fields import DeclaredField, DeclaredFields
from eduscope_server.query.errors import ParameterError
from eduscope_server.query.findings import Findings, Undeclared, read_findings, read_undeclared
from eduscope_server.query.scope import Scope
from eduscope_server.query.times import Window
from eduscope_server.store import Store


class UndeclaredAnswer(msgspec.Struct, frozen=True):
    """Names that nobody declared, the most frequent first."""

    undeclared: list[Undeclared]


class FieldWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field to declare."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    field_class: FieldClass = msgspec.field(name="class")
    description: Annotated[str, msgspec.Meta(max_length=500)] = ""


class DeclaredFieldShown(msgspec.Struct, frozen=True):
    """A field that somebody declared here."""

    name: str
    field_class: str = msgspec.field(name="class")
    description: str
    declared_by: str
    declared_at: datetime


class FieldsAnswer(msgspec.Struct, frozen=True):
    """Every field declared here, by name."""

    fields: list[DeclaredFieldShown]


@get("/api/privacy/findings", summary="What was found", tags=["privacy"])
async def list_findings(
    store: NamedDependency[Store],
    allowed: NamedDependency[Scope],
    window: NamedDependency[Window],
    service: Service = "",
    tenant: Tenant = "",
) -> Findings:
    """Personal data that was replaced, texts that were withheld, undeclared values, ids of the wrong shape."""
    return await read_findings(store, window=window, scope=allowed, service=service, tenant=tenant)


@get("/api/privacy/undeclared", summary="What nobody declared", tags=["privacy"])
async def list_undeclared(
    store: NamedDependency[Store],
    allowed: NamedDependency[Scope],
    window: NamedDependency[Window],
    service: Service = "",
    tenant: Tenant = "",
) -> UndeclaredAnswer:
    """Names of fields whose texts are stored as tokens, until somebody declares them."""
    return UndeclaredAnswer(
        await read_undeclared(store, window=window, scope=allowed, service=service, tenant=tenant)
    )


@get("/api/privacy/fields", summary="Declared fields", tags=["privacy"])
async def list_fields(
    declared_fields: NamedDependency[DeclaredFields], identity: NamedDependency[Identity]
) -> FieldsAnswer:
    """The fields that people declared here, beside those of the contract."""
    return FieldsAnswer([_shown(field) for field in await declared_fields.list()])


@post("/api/privacy/fields", summary="Declare a field", tags=["privacy"], dependencies={"admin": read_admin})
async def declare_field(
    declared_fields: NamedDependency[DeclaredFields],
    admin: NamedDependency[Identity],
    data: JSONBody[FieldWanted],
) -> DeclaredFieldShown:
    """From now on the field's values are kept as its class says; for admins. What is stored stays as it is."""
    try:
        made = await declared_fields.declare(
            data.name, data.field_class, redact(data.description.strip()), by=admin.name
        )
    except DeclarationError as error:
        message, _, hint = str(error).partition("; ")
        raise ParameterError("name", message, hint=hint) from error
    return _shown(made)


@delete(
    "/api/privacy/fields/{name:str}",
    summary="Withdraw a field",
    tags=["privacy"],
    dependencies={"admin": read_admin},
)
async def withdraw_field(
    declared_fields: NamedDependency[DeclaredFields], admin: NamedDependency[Identity], name: FromPath[str]
) -> None:
    """From now on the field's texts are stored as tokens again; for admins."""
    if not await declared_fields.withdraw(name):
        raise NothingFound(f"{name[:128]} is not declared here")


def _shown(field: DeclaredField) -> DeclaredFieldShown:
    return msgspec.convert(field, DeclaredFieldShown, from_attributes=True)
