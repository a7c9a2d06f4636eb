"""Reads what the models learn from."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from edulearn.database.tables import Course, Passage
from edulearn.database.tables import Enrolment as EnrolmentRow
from edulearn.model import retrieval
from edulearn.model.recommendation import Enrolment, Recommender
from edulearn.model.retrieval import Retriever


async def train(engine: AsyncEngine) -> tuple[Retriever, Recommender]:
    """Both models, from all courses and enrolments. A fraction of a second for the seed."""
    passages = select(Passage.passage_id, Course.course_id, Course.tenant_id, Passage.heading, Passage.body)
    enrolments = select(EnrolmentRow.learner_id, EnrolmentRow.course_id, Course.tenant_id)
    async with engine.connect() as connection:
        texts = await connection.execute(
            passages.join(Course, Course.course_id == Passage.course_id).order_by(Passage.passage_id)
        )
        taken = await connection.execute(enrolments.join(Course, Course.course_id == EnrolmentRow.course_id))
    return (
        Retriever(
            [
                retrieval.Passage(
                    passage_id=t.passage_id,
                    course_id=t.course_id,
                    tenant_id=t.tenant_id,
                    text=f"{t.heading}. {t.body}",
                )
                for t in texts
            ]
        ),
        Recommender(Enrolment(t.learner_id, t.course_id, t.tenant_id) for t in taken),
    )
