"""The tables as SQLAlchemy sees them. The migrations make them; nothing is created from here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Table(DeclarativeBase):
    """The base of all mapped tables."""


class Learner(Table):
    """A person who learns, as courses knows them: by id. Who they are is the accounts service's to know."""

    __tablename__ = "learners"
    learner_id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]


class Course(Table):
    """A course of one tenant."""

    __tablename__ = "courses"
    course_id: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    title: Mapped[str]
    subject: Mapped[str]
    summary: Mapped[str]
    position: Mapped[int]


class Passage(Table):
    """A paragraph of a course."""

    __tablename__ = "passages"
    passage_id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.course_id"))
    position: Mapped[int]
    heading: Mapped[str]
    body: Mapped[str]


class Quiz(Table):
    """The quiz of a course."""

    __tablename__ = "quizzes"
    quiz_id: Mapped[str] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.course_id"))
    title: Mapped[str]


class Question(Table):
    """A question with one right choice, `answer`, counted from 0."""

    __tablename__ = "questions"
    question_id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[str] = mapped_column(ForeignKey("quizzes.quiz_id"))
    position: Mapped[int]
    prompt: Mapped[str]
    choices: Mapped[list[str]] = mapped_column(JSONB)
    answer: Mapped[int]


class Enrolment(Table):
    """A learner takes a course."""

    __tablename__ = "enrolments"
    learner_id: Mapped[str] = mapped_column(ForeignKey("learners.learner_id"), primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.course_id"), primary_key=True)


class Submission(Table):
    """Answers to a quiz; `score` of `points` once the worker has graded them."""

    __tablename__ = "submissions"
    submission_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    tenant_id: Mapped[str]
    learner_id: Mapped[str]
    quiz_id: Mapped[str] = mapped_column(ForeignKey("quizzes.quiz_id"))
    answers: Mapped[list[int]] = mapped_column(JSONB)
    score: Mapped[int | None]
    points: Mapped[int | None]
    submitted_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    graded_at: Mapped[datetime | None]


class Recommendation(Table):
    """A course suggested to a learner; position 0 first."""

    __tablename__ = "recommendations"
    learner_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.course_id"))
    score: Mapped[float]
