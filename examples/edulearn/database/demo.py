"""The people of the demo whose sign-in everybody may know: made up, like everyone else here."""

from typing import Literal

Role = Literal["learner", "teacher", "proctor", "admin"]

# Not a secret: it stands on the sign-in page, so that one can look around as anybody.
PASSWORD = "learn-with-us"  # noqa: S105
LEARNERS_PER_TENANT = 8
STAFF: tuple[Role, ...] = ("teacher", "proctor", "admin")


def address_of(tenant_id: str, role: Role, number: int = 1) -> str:
    """The e-mail address: `learner.3@riverside-school.example`; staff, of whom there is one each, have no number."""
    name = f"{role}.{number}" if role == "learner" else role
    return f"{name}@{tenant_id}.example"
