"""What requests say in the same way everywhere: who asks, of which time, how many."""

from datetime import UTC, datetime
from typing import Annotated, Any

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from eduscope_server.access import Access, Identity
from eduscope_server.api.browsers import session_of
from eduscope_server.privacy.person_links import PersonLinks
from eduscope_server.query.fields import LOGS, SPANS
from eduscope_server.query.people import people_in, with_all_epochs
from eduscope_server.query.question import Question, ask
from eduscope_server.query.scope import Scope
from eduscope_server.query.times import Window, read_window

Query = Annotated[
    str,
    QueryParameter(
        name="query",
        description='A search, such as `level:error service:courses "exact words" duration_ms:>500`. '
        "docs/reference/query-language.md says all of it.",
    ),
]
Tenant = Annotated[str, QueryParameter(description="Only records of this tenant.")]
Service = Annotated[str, QueryParameter(description="Only records of this service.")]
Level = Annotated[str, QueryParameter(description="Only log lines of this level.")]
From = Annotated[
    str | None,
    QueryParameter(name="from", description="Start: RFC 3339, or relative like -15m, -1h, -7d. An hour ago."),
]
To = Annotated[
    str | None, QueryParameter(name="to", description="End, excluded: RFC 3339, relative, or now.")
]
Asked = NamedDependency[SkipValidation[Question]]
"""Made by `read_log_question` or `read_span_question`, out of parameters that were checked there."""
Cursor = Annotated[str, QueryParameter(description="`next_cursor` of the page before.")]


async def read_identity(request: Request[Any, Any, Any], access: NamedDependency[Access]) -> Identity:
    """Who asks. Raises `AccessDenied` or `StateUnavailable`."""
    return await access.reader(request.headers.get("authorization"), session_of(request))


def read_scope(identity: NamedDependency[Identity]) -> Scope:
    """What they may see."""
    return Scope(None if identity.tenants is None else tuple(sorted(identity.tenants)))


def read_time(from_: From = None, to: To = None) -> Window:
    """The time they ask about."""
    return read_window(from_, to, now=datetime.now(UTC))


async def read_log_question(  # noqa: PLR0913, PLR0917 - one for each parameter of the request
    allowed: NamedDependency[Scope],
    window: NamedDependency[Window],
    links: NamedDependency[PersonLinks],
    search: Query = "",
    tenant: Tenant = "",
    service: Service = "",
    level: Level = "",
) -> Question:
    """Which logs they ask for."""
    fields = {"tenant": tenant, "service": service, "level": level}
    return await _of_all_epochs(ask(LOGS, window=window, scope=allowed, query=search, fields=fields), links)


async def read_span_question(  # noqa: PLR0913, PLR0917 - as above
    allowed: NamedDependency[Scope],
    window: NamedDependency[Window],
    links: NamedDependency[PersonLinks],
    search: Query = "",
    tenant: Tenant = "",
    service: Service = "",
) -> Question:
    """Which spans they ask for."""
    fields = {"tenant": tenant, "service": service}
    return await _of_all_epochs(ask(SPANS, window=window, scope=allowed, query=search, fields=fields), links)


async def _of_all_epochs(question: Question, links: PersonLinks) -> Question:
    """The question about all tokens of whom it names. Raises `StateUnavailable` where it can't be known which."""
    named = people_in(question.expression)
    return with_all_epochs(question, await links.of_each(named)) if named else question
