"""For how long records of children under 13 are kept, for privacy officers."""

from typing import Annotated, Any

import msgspec
from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from eduscope.privacy import redact
from eduscope_server.access import Identity
from eduscope_server.api.erasures import check_tenant, read_officer
from eduscope_server.api.forms import Reason, TenantId
from eduscope_server.privacy.retention import DAYS_MAX, UNDER_13_DAYS, Under13Retention

_FOR_OFFICERS: dict[str, Any] = {"tags": ["privacy"], "dependencies": {"officer": read_officer}}


class DaysWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tenant's days, and why."""

    tenant_id: TenantId
    days: Annotated[int, msgspec.Meta(ge=1, le=DAYS_MAX)]
    reason: Reason


class DaysAnswer(msgspec.Struct, frozen=True):
    """The days of tenants that have said so, and those of all others."""

    tenants: dict[str, int]
    default_days: int


@get("/api/privacy/under-13", summary="Read the days of children's records", **_FOR_OFFICERS)
async def read_days(
    children: NamedDependency[Under13Retention], officer: NamedDependency[Identity]
) -> DaysAnswer:
    """For how many days each tenant keeps records of children under 13."""
    return await _answer(children, officer)


@put("/api/privacy/under-13", summary="Set the days of children's records", **_FOR_OFFICERS)
async def set_days(
    children: NamedDependency[Under13Retention],
    officer: NamedDependency[Identity],
    data: JSONBody[DaysWanted],
) -> DaysAnswer:
    """Sets a tenant's days, on record. What is over then is gone within the hour."""
    check_tenant(officer, data.tenant_id)
    await children.set_days(data.tenant_id, data.days, reason=redact(data.reason.strip()), by=officer.name)
    return await _answer(children, officer)


async def _answer(children: Under13Retention, officer: Identity) -> DaysAnswer:
    days = await children.days()
    mine = {t: n for t, n in days.items() if officer.tenants is None or t in officer.tenants}
    return DaysAnswer(mine, UNDER_13_DAYS)
