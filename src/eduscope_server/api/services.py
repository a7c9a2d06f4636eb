"""`/api/services`: what runs, how much, how fast, how much of it fails."""

import msgspec
from litestar import get
from litestar.di import NamedDependency

from eduscope_server.api.parameters import Tenant
from eduscope_server.query.scope import Scope
from eduscope_server.query.services import Service, read_services
from eduscope_server.query.times import Window
from eduscope_server.store import Store


class ServicesAnswer(msgspec.Struct, frozen=True):
    """Every service that sent anything, by name. One point of a curve is `interval_seconds` long."""

    services: list[Service]
    interval_seconds: float


@get("/api/services", summary="Services", tags=["services"])
async def list_services(
    store: NamedDependency[Store],
    allowed: NamedDependency[Scope],
    window: NamedDependency[Window],
    tenant: Tenant = "",
) -> ServicesAnswer:
    """Requests are spans of kind server or consumer; durations and the error rate (0 to 1) are theirs."""
    found = await read_services(store, window=window, scope=allowed, tenant=tenant)
    return ServicesAnswer(found.services, found.interval_seconds)
