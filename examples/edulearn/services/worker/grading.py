"""Grades a submission."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from edulearn.database.tables import Question, Submission


class Graded(msgspec.Struct, frozen=True):
    """A submission that has just been graded, and whose it is."""

    tenant_id: str
    learner_id: str
    quiz_id: str
    score: int
    points: int


def score_of(answers: Sequence[int], right: Sequence[int]) -> int:
    """How many answers are right; an answer that is missing is wrong."""
    return sum(given == wanted for given, wanted in zip(answers, right, strict=False))


async def grade(session: AsyncSession, submission_id: UUID) -> Graded | None:
    """Grades a submission once; None where it is gone or graded already, so that a job may run twice."""
    waiting = select(Submission).where(
        Submission.submission_id == submission_id, Submission.graded_at.is_(None)
    )
    submission = (await session.scalars(waiting.with_for_update())).one_or_none()
    if submission is None:
        return None
    right = (
        await session.scalars(
            select(Question.answer).where(Question.quiz_id == submission.quiz_id).order_by(Question.position)
        )
    ).all()
    score = score_of(submission.answers, right)
    await session.execute(
        update(Submission)
        .where(Submission.submission_id == submission_id)
        .values(score=score, points=len(right), graded_at=func.now())
    )
    await session.commit()
    return Graded(submission.tenant_id, submission.learner_id, submission.quiz_id, score, len(right))


async def forgotten(session: AsyncSession, *, older_than_seconds: float) -> list[UUID]:
    """Ungraded submissions whose job was lost: the queue was away when they came in."""
    age = func.extract("epoch", func.now() - Submission.submitted_at)
    query = select(Submission.submission_id).where(Submission.graded_at.is_(None), age > older_than_seconds)
    return list(await session.scalars(query.limit(100)))
