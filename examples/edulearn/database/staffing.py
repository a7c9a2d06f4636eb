"""Adds to seeded tenants what accounts and proctoring need: staff, sign-ins, classes, consents, exams."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from werkzeug.security import generate_password_hash

from edulearn.database.demo import LEARNERS_PER_TENANT, PASSWORD, STAFF, address_of

STAFF_NAMES = {"teacher": "Tomas Lindqvist", "proctor": "Priya Nair", "admin": "Amara Diallo"}
UNDER_13_SHARE = 0.3
ANALYTICS_SHARE = 0.7
GUARDIAN_SHARE = 0.5
CLASSES_PER_TENANT = 3
EXAMS_PER_TENANT = 3
EXAM_MINUTES = 20
# The demo's addresses are known, so its youngest are too: tests and visitors can find them.
UNDER_13_NUMBERS = (2, 5)

Connection = psycopg.Connection[Any]


def add_accounts(connection: Connection, chance: random.Random) -> None:
    """Adds everything unless somebody has a password already."""
    if connection.execute("SELECT 1 FROM credentials LIMIT 1").fetchone() is not None:
        return
    tenants = connection.execute("SELECT tenant_id, kind FROM tenants ORDER BY tenant_id").fetchall()
    for tenant_id, kind in tenants:
        learners = _learners(connection, tenant_id)
        _add_staff(connection, tenant_id)
        _name_demo_learners(connection, tenant_id, learners)
        _mark_under_13(connection, learners, chance, is_school=kind == "school")
        _add_classes(connection, tenant_id, learners)
        _add_exams(connection, tenant_id)
    _add_passwords(connection)
    _add_consents(connection, chance)
    connection.execute("ANALYZE")


def _learners(connection: Connection, tenant_id: str) -> list[str]:
    rows = connection.execute(
        "SELECT learner_id FROM learners WHERE tenant_id = %s ORDER BY learner_id", [tenant_id]
    )
    return [row[0] for row in rows]


def _add_staff(connection: Connection, tenant_id: str) -> None:
    prefix = tenant_id.split("-", maxsplit=1)[0]
    for role in STAFF:
        connection.execute(
            "INSERT INTO people (person_id, tenant_id, role, display_name, email) VALUES (%s, %s, %s, %s, %s)",
            [
                f"{prefix}-{role}",
                tenant_id,
                role,
                STAFF_NAMES[role],
                address_of(tenant_id, role),
            ],
        )


def _name_demo_learners(connection: Connection, tenant_id: str, learners: list[str]) -> None:
    for number, learner_id in enumerate(learners[:LEARNERS_PER_TENANT], start=1):
        connection.execute(
            "UPDATE people SET email = %s WHERE person_id = %s",
            [address_of(tenant_id, "learner", number), learner_id],
        )


def _mark_under_13(
    connection: Connection, learners: list[str], chance: random.Random, *, is_school: bool
) -> None:
    if not is_school:
        return
    young = [learners[number - 1] for number in UNDER_13_NUMBERS]
    young += [learner for learner in learners[LEARNERS_PER_TENANT:] if chance.random() < UNDER_13_SHARE]
    connection.execute("UPDATE people SET under_13 = true WHERE person_id = ANY(%s)", [young])


def _add_classes(connection: Connection, tenant_id: str, learners: list[str]) -> None:
    prefix = tenant_id.split("-", maxsplit=1)[0]
    for number in range(CLASSES_PER_TENANT):
        class_id = f"{prefix}-class-{number + 1}"
        connection.execute(
            "INSERT INTO classes VALUES (%s, %s, %s, %s)",
            [class_id, tenant_id, f"Class {number + 1}", f"{prefix}-teacher"],
        )
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO class_members (class_id, person_id) VALUES (%s, %s)",
                [(class_id, learner) for learner in learners[number::CLASSES_PER_TENANT]],
            )


def _add_exams(connection: Connection, tenant_id: str) -> None:
    connection.execute(
        "INSERT INTO exams SELECT course_id || '-exam', %s, quiz_id, courses.title || ': exam', %s"
        " FROM courses JOIN quizzes USING (course_id) WHERE tenant_id = %s ORDER BY position LIMIT %s",
        [tenant_id, EXAM_MINUTES, tenant_id, EXAMS_PER_TENANT],
    )


def _add_passwords(connection: Connection) -> None:
    """The one password for all who can sign in, each with a salt of their own."""
    rows = connection.execute(
        "SELECT person_id FROM people WHERE role <> 'learner' OR email LIKE 'learner.%@%' ORDER BY person_id"
    )
    people = [row[0] for row in rows]
    # A hash takes some 80 ms on purpose and lets other threads run meanwhile.
    with ThreadPoolExecutor() as threads:
        hashes = list(threads.map(lambda _: generate_password_hash(PASSWORD), people))
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO credentials (person_id, password_hash) VALUES (%s, %s)",
            list(zip(people, hashes, strict=True)),
        )


def _add_consents(connection: Connection, chance: random.Random) -> None:
    """Learners decide for themselves; for those under 13 a guardian does, and some have not been asked yet."""
    rows = connection.execute(
        "SELECT person_id, under_13 FROM people WHERE role = 'learner' ORDER BY person_id"
    )
    decided = []
    for person_id, under_13 in rows.fetchall():
        by = "guardian" if under_13 else "self"
        decided.append((person_id, "proctoring", True, by))
        if not under_13 or chance.random() < GUARDIAN_SHARE:
            decided.append((person_id, "product_analytics", chance.random() < ANALYTICS_SHARE, by))
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO consents (person_id, purpose, granted, decided_by) VALUES (%s, %s, %s, %s)", decided
        )
