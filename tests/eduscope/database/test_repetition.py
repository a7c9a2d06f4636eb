"""The same query many times in one request, with SQLite behind a real ASGI application."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import eduscope
from eduscope.database.sqlalchemy import instrument
from eduscope.http import ASGIMiddleware
from eduscope.testing import Captured


class Base(DeclarativeBase):
    """The tables of this test."""


class Course(Base):
    """A course with its quizzes, loaded one by one."""

    __tablename__ = "courses"
    id: Mapped[int] = mapped_column(primary_key=True)
    quizzes: Mapped[list["Quiz"]] = relationship(lazy="select")


class Quiz(Base):
    """A quiz of a course."""

    __tablename__ = "quizzes"
    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("courses.id"))


@pytest.fixture
def engine(seen: Captured) -> Iterator[sa.Engine]:
    """Twelve courses with a quiz each."""
    made = sa.create_engine("sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(made)
    with Session(made) as session:
        session.add_all(Course(id=n, quizzes=[Quiz(id=n)]) for n in range(12))
        session.commit()
    yield instrument(made)
    made.dispose()


def read_one_by_one(engine: sa.Engine) -> int:
    """What every ORM makes easy."""
    with Session(engine) as session:
        return sum(len(course.quizzes) for course in session.scalars(sa.select(Course)))


def repeated(seen: Captured) -> list[dict[str, Any]]:
    """The warnings."""
    return [line for line in seen.lines if line["message"] == "same query many times in one request"]


async def test_one_warning_per_request_says_statement_count_time_and_place(
    engine: sa.Engine, seen: Captured
) -> None:
    async def courses(_request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(read_one_by_one(engine)))

    app = ASGIMiddleware(Starlette(routes=[Route("/courses", courses)]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client:
        first, second = await asyncio.gather(client.get("/courses"), client.get("/courses"))
    assert first.text == second.text == "12"
    one, other = repeated(seen)
    assert one["correlation_id"] != other["correlation_id"]
    assert one["correlation_id"] in {r.headers["x-correlation-id"] for r in (first, second)}
    assert one["count"] == 12
    assert one["db.repeated.total_ms"] > 0
    assert one["db.repeated.other_statements"] == 0
    assert one["db.query.text"].endswith("FROM quizzes WHERE ? = quizzes.course_id")
    assert one["code.file.path"].endswith("test_repetition.py")
    assert one["code.function.name"] in {"<genexpr>", "read_one_by_one"}
    assert one["trace_id"]


def test_a_job_is_counted_like_a_request(engine: sa.Engine, seen: Captured) -> None:
    with eduscope.bind(tenant_id="t1"):
        read_one_by_one(engine)
        with eduscope.bind(user_id="someone"):
            read_one_by_one(engine)
    with eduscope.tracing.extract({"x-correlation-id": "0123456789"}):
        read_one_by_one(engine)
    job, message = repeated(seen)
    assert (job["count"], job["tenant_id"]) == (24, "t1")
    assert (message["count"], message["correlation_id"]) == (12, "0123456789")


def test_outside_of_a_request_nothing_is_counted(engine: sa.Engine, seen: Captured) -> None:
    read_one_by_one(engine)
    assert not seen.lines


def test_what_stays_below_the_threshold_is_no_warning(
    engine: sa.Engine, seen: Captured, with_options: Callable[..., None]
) -> None:
    with_options(n_plus_one_threshold=12)
    with eduscope.bind(tenant_id="t1"):
        read_one_by_one(engine)
    with_options(n_plus_one_threshold=0)
    with eduscope.bind(tenant_id="t1"):
        read_one_by_one(engine)
    assert not repeated(seen)


def test_a_bulk_insert_is_one_query(engine: sa.Engine, seen: Captured) -> None:
    with eduscope.bind(tenant_id="t1"), engine.begin() as connection:
        connection.execute(sa.insert(Quiz), [{"id": n, "course_id": 1} for n in range(100, 150)])
    assert not repeated(seen)
