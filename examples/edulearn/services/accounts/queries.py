"""The questions the accounts service asks PostgreSQL. Each stays within one tenant."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from edulearn.database.people_tables import Class, ClassMember, Consent, Person, Tenant
from edulearn.services.accounts.shapes import (
    ClassOut,
    ConsentOut,
    MemberOut,
    PersonOut,
    ProfileOut,
    Purpose,
    TenantOut,
)
from edulearn.services.caller import Analytics, Caller

ANALYTICS: Purpose = "product_analytics"


def tenants(session: Session) -> list[TenantOut]:
    """All schools and universities."""
    return [TenantOut(t.tenant_id, t.name) for t in session.scalars(select(Tenant).order_by(Tenant.name))]


def any_learner(session: Session, tenant_id: str) -> PersonOut | None:
    """Some learner of a tenant: who only looks around becomes one of its people."""
    query = select(Person).where(Person.tenant_id == tenant_id, Person.role == "learner")
    found = session.scalars(query.order_by(func.random()).limit(1)).one_or_none()
    return None if found is None else person_out(session, found)


def person_out(session: Session, person: Person) -> PersonOut:
    """A person as other services may know them."""
    granted = session.scalar(
        select(Consent.granted).where(Consent.person_id == person.person_id, Consent.purpose == ANALYTICS)
    )
    return PersonOut(
        person_id=person.person_id,
        tenant_id=person.tenant_id,
        role=person.role,
        display_name=person.display_name,
        under_13=person.under_13,
        analytics=_analytics(granted, under_13=person.under_13),
    )


def _analytics(granted: bool | None, *, under_13: bool) -> Analytics:
    if granted is None:
        return ""
    if not granted:
        return "refused"
    return "granted-for-child" if under_13 else "granted"


def profile(session: Session, caller: Caller) -> ProfileOut | None:
    """The caller with their classes and consents."""
    person = _person(session, caller)
    if person is None:
        return None
    consents = session.scalars(
        select(Consent).where(Consent.person_id == caller.person_id).order_by(Consent.purpose)
    )
    return ProfileOut(
        person=person_out(session, person),
        classes=classes(session, caller),
        consents=[ConsentOut(c.purpose, c.granted, c.decided_by) for c in consents],
    )


def classes(session: Session, caller: Caller) -> list[ClassOut]:
    """The classes the caller is in or teaches."""
    members = select(func.count()).where(ClassMember.class_id == Class.class_id).scalar_subquery()
    mine = select(ClassMember.class_id).where(ClassMember.person_id == caller.person_id)
    query = (
        select(Class, Person.display_name, members)
        .join(Person, Person.person_id == Class.teacher_id)
        .where(
            Class.tenant_id == caller.tenant_id,
            Class.class_id.in_(mine) | (Class.teacher_id == caller.person_id),
        )
        .order_by(Class.title)
    )
    return [ClassOut(c.class_id, c.title, teacher, count) for c, teacher, count in session.execute(query)]


def members(session: Session, caller: Caller, class_id: str) -> list[MemberOut] | None:
    """Who is in a class that the caller teaches; None where they do not."""
    teaches = select(Class.class_id).where(
        Class.class_id == class_id,
        Class.tenant_id == caller.tenant_id,
        Class.teacher_id == caller.person_id,
    )
    if session.scalar(teaches) is None:
        return None
    query = (
        select(Person)
        .join(ClassMember, ClassMember.person_id == Person.person_id)
        .where(ClassMember.class_id == class_id)
        .order_by(Person.display_name)
    )
    return [MemberOut(p.person_id, p.display_name) for p in session.scalars(query)]


def decide(session: Session, caller: Caller, purpose: Purpose, *, granted: bool) -> PersonOut | None:
    """Keeps what the caller decided. None for who is under 13: a guardian decides for them."""
    person = _person(session, caller)
    if person is None or person.under_13:
        return None
    decision = {"granted": granted, "decided_by": "self", "decided_at": func.now()}
    row = insert(Consent).values(person_id=caller.person_id, purpose=purpose, **decision)
    session.execute(row.on_conflict_do_update(index_elements=["person_id", "purpose"], set_=decision))
    session.commit()
    return person_out(session, person)


def _person(session: Session, caller: Caller) -> Person | None:
    found = session.get(Person, caller.person_id)
    return found if found is not None and found.tenant_id == caller.tenant_id else None
