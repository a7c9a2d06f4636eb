"""Joining the epochs of people after a rotation of keys, for admins and privacy officers."""

from typing import Annotated, Any

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from eduscope.privacy import default_ring
from eduscope_server.access import Identity
from eduscope_server.api.erasures import check_tenant, read_officer
from eduscope_server.privacy.person_links import PersonLinks

PEOPLE_MAX = 500
"""In one request: their ids fit into a body of the API."""


class PeopleMet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Raw ids, as services bind them."""

    ids: Annotated[
        list[Annotated[str, msgspec.Meta(min_length=1, max_length=500)]],
        msgspec.Meta(max_length=PEOPLE_MAX, description="Raw ids. Not kept."),
    ]


class PeopleLinked(msgspec.Struct, frozen=True):
    """What was joined: so many people, under these keys of the ring (the current one first)."""

    people: int
    keys: list[str]


_FOR_OFFICERS: dict[str, Any] = {"tags": ["privacy"], "dependencies": {"officer": read_officer}}


@post("/api/privacy/epochs", summary="Join the epochs of people", **_FOR_OFFICERS)
async def join_epochs(
    links: NamedDependency[PersonLinks], officer: NamedDependency[Identity], data: JSONBody[PeopleMet]
) -> PeopleLinked:
    """Links the tokens that these people have under all keys of the ring, so that one finds the records of all."""
    check_tenant(officer, None)
    await links.see(data.ids)
    return PeopleLinked(people=len(set(data.ids)), keys=list(default_ring().ids))
