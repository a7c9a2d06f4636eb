"""The questions the courses service asks PostgreSQL. Each stays within one tenant."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from edulearn.database.tables import (
    Course,
    Enrolment,
    Passage,
    Question,
    Quiz,
    Recommendation,
    Submission,
)
from edulearn.services.caller import Caller
from edulearn.services.courses.shapes import (
    CourseDetail,
    CourseOut,
    PassageOut,
    QuestionOut,
    QuizOut,
    SubmissionOut,
)

GRADES_SHOWN = 50
SLOW_QUERY_SECONDS = 1.2


async def courses(session: AsyncSession, caller: Caller, *, slowly: bool = False) -> list[CourseOut]:
    """The courses of the caller's tenant. `slowly` is chaos: PostgreSQL really takes its time."""
    if slowly:
        await session.execute(select(func.pg_sleep(SLOW_QUERY_SECONDS)))
    enrolled = (
        select(literal(1))
        .where(Enrolment.course_id == Course.course_id, Enrolment.learner_id == caller.person_id)
        .exists()
    )
    query = select(Course, enrolled).where(Course.tenant_id == caller.tenant_id).order_by(Course.position)
    rows = await session.execute(query)
    return [_course(course, enrolled=is_enrolled) for course, is_enrolled in rows]


async def course(session: AsyncSession, caller: Caller, course_id: str) -> CourseDetail | None:
    """A course with its passages, or None where the tenant has none of that id."""
    found = await session.get(Course, course_id)
    if found is None or found.tenant_id != caller.tenant_id:
        return None
    passages = await session.scalars(
        select(Passage).where(Passage.course_id == course_id).order_by(Passage.position)
    )
    quiz_id = await session.scalar(select(Quiz.quiz_id).where(Quiz.course_id == course_id))
    return CourseDetail(
        course_id=found.course_id,
        title=found.title,
        summary=found.summary,
        quiz_id=quiz_id,
        passages=[_passage(p, found.title) for p in passages],
    )


async def passages(session: AsyncSession, caller: Caller, ids: Sequence[int]) -> list[PassageOut]:
    """Passages by id, in the order asked for; those of other tenants are left out."""
    query = (
        select(Passage, Course.title)
        .join(Course)
        .where(Passage.passage_id.in_(ids), Course.tenant_id == caller.tenant_id)
    )
    found = {p.passage_id: _passage(p, title) for p, title in await session.execute(query)}
    return [found[i] for i in ids if i in found]


async def quiz(session: AsyncSession, caller: Caller, quiz_id: str) -> QuizOut | None:
    """A quiz with its questions, without the answers."""
    query = select(Quiz).join(Course).where(Quiz.quiz_id == quiz_id, Course.tenant_id == caller.tenant_id)
    found = (await session.scalars(query)).one_or_none()
    if found is None:
        return None
    questions = await session.scalars(
        select(Question).where(Question.quiz_id == quiz_id).order_by(Question.position)
    )
    return QuizOut(
        quiz_id=found.quiz_id,
        course_id=found.course_id,
        title=found.title,
        questions=[
            QuestionOut(question_id=q.question_id, prompt=q.prompt, choices=q.choices) for q in questions
        ],
    )


async def submit(session: AsyncSession, caller: Caller, quiz_id: str, answers: list[int]) -> UUID:
    """Keeps the answers to a quiz, ungraded; the submission's id."""
    submission = Submission(
        tenant_id=caller.tenant_id, learner_id=caller.person_id, quiz_id=quiz_id, answers=answers
    )
    session.add(submission)
    await session.commit()
    return submission.submission_id


async def submission(session: AsyncSession, caller: Caller, submission_id: UUID) -> SubmissionOut | None:
    """One of the caller's submissions, or None."""
    query = _submissions(caller).where(Submission.submission_id == submission_id)
    row = (await session.execute(query)).one_or_none()
    return _graded(row[0], row[1]) if row else None


async def grades(session: AsyncSession, caller: Caller) -> list[SubmissionOut]:
    """The caller's submissions, newest first."""
    rows = await session.execute(
        _submissions(caller).order_by(Submission.submitted_at.desc()).limit(GRADES_SHOWN)
    )
    return [_graded(found, title) for found, title in rows]


async def recommendations(session: AsyncSession, caller: Caller) -> list[CourseOut]:
    """The courses suggested to the caller, best first."""
    query = (
        select(Course)
        .join(Recommendation)
        .where(Recommendation.learner_id == caller.person_id, Course.tenant_id == caller.tenant_id)
        .order_by(Recommendation.position)
    )
    return [_course(c, enrolled=False) for c in await session.scalars(query)]


def _submissions(caller: Caller) -> Select[Submission, str]:
    return (
        select(Submission, Course.title)
        .join(Quiz, Quiz.quiz_id == Submission.quiz_id)
        .join(Course, Course.course_id == Quiz.course_id)
        .where(Submission.learner_id == caller.person_id, Submission.tenant_id == caller.tenant_id)
    )


def _course(course_: Course, *, enrolled: bool) -> CourseOut:
    return CourseOut(
        course_id=course_.course_id,
        title=course_.title,
        subject=course_.subject,
        summary=course_.summary,
        enrolled=enrolled,
    )


def _passage(passage: Passage, title: str) -> PassageOut:
    return PassageOut(
        passage_id=passage.passage_id,
        course_id=passage.course_id,
        course_title=title,
        heading=passage.heading,
        body=passage.body,
    )


def _graded(submission_: Submission, title: str) -> SubmissionOut:
    return SubmissionOut(
        submission_id=submission_.submission_id,
        quiz_id=submission_.quiz_id,
        course_title=title,
        score=submission_.score,
        points=submission_.points,
        submitted_at=submission_.submitted_at,
        graded_at=submission_.graded_at,
    )
