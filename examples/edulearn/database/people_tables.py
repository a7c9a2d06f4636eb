"""The accounts service's tables as SQLAlchemy sees them. Names and addresses stay in here: telemetry knows tokens."""

from datetime import datetime

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from edulearn.database.tables import Table


class Tenant(Table):
    """A school or university."""

    __tablename__ = "tenants"
    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]


class Person(Table):
    """Somebody of a tenant; `role` is learner, teacher, proctor or admin."""

    __tablename__ = "people"
    person_id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    role: Mapped[str]
    display_name: Mapped[str]
    email: Mapped[str]
    under_13: Mapped[bool]


class Credential(Table):
    """The hash of a person's password. Who has none cannot sign in."""

    __tablename__ = "credentials"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"), primary_key=True)
    password_hash: Mapped[str]


class SignIn(Table):
    """One try to sign in, and its outcome: succeeded, wrong_password or throttled."""

    __tablename__ = "sign_ins"
    sign_in_id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"))
    outcome: Mapped[str]
    tried_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Class(Table):
    """A class and who teaches it."""

    __tablename__ = "classes"
    class_id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    title: Mapped[str]
    teacher_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"))


class ClassMember(Table):
    """A person is in a class."""

    __tablename__ = "class_members"
    class_id: Mapped[str] = mapped_column(ForeignKey("classes.class_id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"), primary_key=True)


class Consent(Table):
    """What a person, or their guardian, decided for a purpose."""

    __tablename__ = "consents"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.person_id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    granted: Mapped[bool]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
