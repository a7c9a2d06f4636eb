"""Tenants' own people and numbers, for privacy officers: loaded, listed, removed. No answer has a name."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, delete, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter

from eduscope.privacy import PatternRefused, redact
from eduscope.privacy.errors import RosterUnreadable
from eduscope.privacy.numbers import PATTERNS_MAX
from eduscope_server.access import Identity
from eduscope_server.api.erasures import check_tenant, read_officer
from eduscope_server.api.forms import NAME
from eduscope_server.api.problems import NothingFound
from eduscope_server.privacy.roster_files import CSV_BYTES_MAX
from eduscope_server.privacy.rosters import Held, Rosters
from eduscope_server.query.errors import ParameterError

InPath = Annotated[str, PathParameter(pattern=NAME, description="Whose.")]
Why = Annotated[str, QueryParameter(max_length=500, description="Why. Kept in the access log, redacted.")]
_FOR_OFFICERS: dict[str, Any] = {"tags": ["privacy"], "dependencies": {"officer": read_officer}}


class RosterShown(msgspec.Struct, frozen=True):
    """What there is of one tenant. `problem` says why its roster can't be used: its texts are withheld."""

    tenant_id: str
    people: int
    loaded_at: datetime | None
    size_bytes: int
    numbers: tuple[str, ...]
    problem: str


class RostersAnswer(msgspec.Struct, frozen=True):
    """Tenants with a roster, or with patterns of their own numbers."""

    rosters: list[RosterShown]


class NumbersWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Patterns such as `S\\d{7}`: characters, classes and `\\d`, each perhaps with `?`, `{n}` or `{m,n}`."""

    patterns: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=200)]], msgspec.Meta(max_length=PATTERNS_MAX)
    ]
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


@get("/api/privacy/rosters", summary="List rosters", **_FOR_OFFICERS)
async def list_rosters(
    rosters: NamedDependency[Rosters], officer: NamedDependency[Identity]
) -> RostersAnswer:
    """Whose people are looked for: how many, since when, and by which patterns of numbers."""
    held = await rosters.list()
    return RostersAnswer(
        [_shown(h) for h in held if officer.tenants is None or h.tenant_id in officer.tenants]
    )


@put(
    "/api/privacy/rosters/{tenant_id:str}",
    summary="Load a roster",
    request_max_body_size=CSV_BYTES_MAX,
    **_FOR_OFFICERS,
)
async def load_roster(
    request: Request[Any, Any, Any],
    rosters: NamedDependency[Rosters],
    officer: NamedDependency[Identity],
    tenant_id: InPath,
    reason: Why = "",
) -> RosterShown:
    """Puts the people of a CSV (UTF-8) in the place of the tenant's roster. When this answers, they are found.

    Takes users.csv of OneRoster 1.2, or any table whose first line names its columns. One that can't be read is
    refused with its line, and the old roster stays.
    """
    check_tenant(officer, tenant_id)
    try:
        held = await rosters.load(
            tenant_id, await request.body(), reason=redact(reason.strip()), by=officer.name
        )
    except RosterUnreadable as error:
        raise ParameterError("body:", str(error), hint="nothing was changed") from error
    return _shown(held)


@delete("/api/privacy/rosters/{tenant_id:str}", summary="Remove a roster", **_FOR_OFFICERS)
async def remove_roster(
    rosters: NamedDependency[Rosters],
    officer: NamedDependency[Identity],
    tenant_id: InPath,
    reason: Why = "",
) -> None:
    """The tenant's people are not looked for any more, and their file is gone. Its numbers stay."""
    check_tenant(officer, tenant_id)
    if not await rosters.remove(tenant_id, reason=redact(reason.strip()), by=officer.name):
        raise NothingFound(f"{tenant_id} has no roster")


@put("/api/privacy/rosters/{tenant_id:str}/numbers", summary="Set own numbers", **_FOR_OFFICERS)
async def set_numbers(
    rosters: NamedDependency[Rosters],
    officer: NamedDependency[Identity],
    tenant_id: InPath,
    data: JSONBody[NumbersWanted],
) -> NumbersWanted:
    """Makes these the patterns of the tenant's ids and roll numbers, in place of those before; none removes them."""
    check_tenant(officer, tenant_id)
    reason = redact(data.reason.strip())
    try:
        await rosters.set_numbers(tenant_id, data.patterns, reason=reason, by=officer.name)
    except PatternRefused as error:
        raise ParameterError("patterns:", str(error)) from error
    return NumbersWanted(data.patterns, reason)


def _shown(held: Held) -> RosterShown:
    return msgspec.convert(held, RosterShown, from_attributes=True)
