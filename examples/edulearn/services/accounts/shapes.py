"""What the accounts service takes and gives."""

from typing import Annotated, Literal

import msgspec

LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3
# Hashing takes its time with the length; nobody's password is longer.
LONGEST_PASSWORD = 200

Purpose = Literal["product_analytics", "proctoring"]


class SignInIn(msgspec.Struct, frozen=True):
    """An address and a password."""

    email: Annotated[str, msgspec.Meta(max_length=LONGEST_ADDRESS)]
    password: Annotated[str, msgspec.Meta(max_length=LONGEST_PASSWORD)]


class ConsentIn(msgspec.Struct, frozen=True):
    """What somebody decides."""

    granted: bool


class TenantOut(msgspec.Struct, frozen=True):
    tenant_id: str
    name: str


class PersonOut(msgspec.Struct, frozen=True):
    """Somebody who is signed in, or visits. `analytics` is one of `caller.Analytics`."""

    person_id: str
    tenant_id: str
    role: str
    display_name: str
    under_13: bool
    analytics: str


class ClassOut(msgspec.Struct, frozen=True):
    class_id: str
    title: str
    teacher: str
    members: int


class ConsentOut(msgspec.Struct, frozen=True):
    purpose: str
    granted: bool
    decided_by: str


class ProfileOut(msgspec.Struct, frozen=True):
    """A person with their classes and consents."""

    person: PersonOut
    classes: list[ClassOut]
    consents: list[ConsentOut]


class MemberOut(msgspec.Struct, frozen=True):
    person_id: str
    display_name: str
