"""Who calls: the gateway tells the services behind it which person of which tenant is asking."""

from collections.abc import Iterable
from typing import Literal

import msgspec

TENANT_HEADER = "x-edulearn-tenant"
PERSON_HEADER = "x-edulearn-person"
ROLE_HEADER = "x-edulearn-role"
ANALYTICS_HEADER = "x-edulearn-analytics"

Analytics = Literal["", "granted", "refused", "granted-for-child"]
"""What the person, or the guardian of one under 13, said about product analytics; empty where nobody asked: a no."""


VISITOR = "visitor"
"""The role of somebody who only looks around as one of a school's learners, without having signed in."""
LEARNING = (VISITOR, "learner")
"""The roles that take courses. Exams are for those who signed in."""


class Caller(msgspec.Struct, frozen=True):
    """A person of a tenant. Both ids are empty for somebody who has not chosen a school yet."""

    tenant_id: str = ""
    person_id: str = ""
    role: str = "learner"
    analytics: str = ""

    def headers(self) -> dict[str, str]:
        """The headers that tell another service."""
        return {
            TENANT_HEADER: self.tenant_id,
            PERSON_HEADER: self.person_id,
            ROLE_HEADER: self.role,
            ANALYTICS_HEADER: self.analytics,
        }


def caller_in(headers: Iterable[tuple[bytes, bytes]]) -> Caller:
    """The caller that ASGI headers name."""
    return caller_of({name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers})


def caller_of(found: dict[str, str]) -> Caller:
    """The caller that headers name, their names in lower case."""
    return Caller(
        found.get(TENANT_HEADER, ""),
        found.get(PERSON_HEADER, ""),
        found.get(ROLE_HEADER, "learner"),
        found.get(ANALYTICS_HEADER, ""),
    )
