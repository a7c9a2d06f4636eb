"""Fills an empty database with three tenants, their courses, their people and who takes what."""

import json
import random
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from edulearn.database.staffing import add_accounts

SEED = Path(__file__).parent.parent / "seed"
# Made-up people: the platform has to show that none of these names ever reaches it.
GIVEN_NAMES = (
    "Ada",
    "Bilal",
    "Chen",
    "Dora",
    "Emil",
    "Farida",
    "Goran",
    "Hana",
    "Ivo",
    "Jana",
    "Kofi",
    "Lena",
)
FAMILY_NAMES = (
    "Abara",
    "Brandt",
    "Costa",
    "Dimitrov",
    "Eriksen",
    "Fontaine",
    "Gupta",
    "Horvat",
    "Ito",
    "Jensen",
)
FAVOURITE_SHARE = 0.75
OTHER_SHARE = 0.25


class Tenant(msgspec.Struct, frozen=True):
    """A school or university, and how many learners it has."""

    tenant_id: str
    name: str
    kind: str
    learners: int


def seed(address: str, *, random_seed: int = 1) -> int:
    """Fills the database unless it has tenants already; how many rows of learners it made.

    The same `random_seed` makes the same people and enrolments. Accounts and exams are added where they are
    missing, so that a database from before there were any gets them too.
    """
    tenants = msgspec.json.decode((SEED / "tenants.json").read_bytes(), type=list[Tenant])
    with psycopg.connect(address) as connection:
        learners_added = _add_tenants(connection, tenants, random.Random(random_seed))
        add_accounts(connection, random.Random(random_seed))
    return learners_added


def _add_tenants(connection: psycopg.Connection[Any], tenants: list[Tenant], chance: random.Random) -> int:
    catalogue = json.loads((SEED / "catalogue.json").read_bytes())
    if connection.execute("SELECT 1 FROM tenants LIMIT 1").fetchone() is not None:
        return 0
    for tenant in tenants:
        connection.execute(
            "INSERT INTO tenants VALUES (%s, %s, %s)", [tenant.tenant_id, tenant.name, tenant.kind]
        )
        offered = [course for course in catalogue if tenant.kind in course["audiences"]]
        for position, course in enumerate(offered):
            _add_course(connection, tenant, course, position)
        _add_learners(connection, tenant, offered, chance)
    connection.execute("ANALYZE")
    return sum(tenant.learners for tenant in tenants)


def course_id(tenant_id: str, slug: str) -> str:
    """The id of a tenant's course: `riverside-algebra`."""
    return f"{tenant_id.split('-', maxsplit=1)[0]}-{slug}"


def _add_course(
    connection: psycopg.Connection[Any], tenant: Tenant, course: dict[str, Any], position: int
) -> None:
    id_ = course_id(tenant.tenant_id, course["slug"])
    connection.execute(
        "INSERT INTO courses VALUES (%s, %s, %s, %s, %s, %s)",
        [id_, tenant.tenant_id, course["title"], course["subject"], course["summary"], position],
    )
    connection.execute(
        "INSERT INTO quizzes VALUES (%s, %s, %s)", [f"{id_}-quiz", id_, f"{course['title']}: check yourself"]
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO passages (course_id, position, heading, body) VALUES (%s, %s, %s, %s)",
            [(id_, i, p["heading"], p["body"]) for i, p in enumerate(course["passages"])],
        )
        cursor.executemany(
            "INSERT INTO questions (quiz_id, position, prompt, choices, answer) VALUES (%s, %s, %s, %s, %s)",
            [
                (f"{id_}-quiz", i, q["prompt"], json.dumps(q["choices"]), q["answer"])
                for i, q in enumerate(course["questions"])
            ],
        )


def _add_learners(
    connection: psycopg.Connection[Any],
    tenant: Tenant,
    offered: list[dict[str, Any]],
    chance: random.Random,
) -> None:
    """Each learner leans towards two subjects, so that there is something to find in who takes what."""
    subjects = sorted({course["subject"] for course in offered})
    prefix = tenant.tenant_id.split("-", maxsplit=1)[0]
    for number in range(tenant.learners):
        learner_id = f"{prefix}-{chance.getrandbits(40):010x}"
        given, family = chance.choice(GIVEN_NAMES), chance.choice(FAMILY_NAMES)
        email = f"{given}.{family}.{number}@{tenant.tenant_id}.example".lower()
        connection.execute(
            "INSERT INTO people (person_id, tenant_id, role, display_name, email)"
            " VALUES (%s, %s, 'learner', %s, %s)",
            [learner_id, tenant.tenant_id, f"{given} {family}", email],
        )
        connection.execute("INSERT INTO learners VALUES (%s, %s)", [learner_id, tenant.tenant_id])
        favourites = set(chance.sample(subjects, k=min(2, len(subjects))))
        taken = [
            (learner_id, course_id(tenant.tenant_id, course["slug"]))
            for course in offered
            if chance.random() < (FAVOURITE_SHARE if course["subject"] in favourites else OTHER_SHARE)
        ]
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO enrolments (learner_id, course_id) VALUES (%s, %s)", taken)
