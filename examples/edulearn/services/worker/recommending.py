"""Makes a learner's recommendations anew, by asking the model server."""

from typing import Any

import httpx
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from edulearn.database.tables import Enrolment, Recommendation
from edulearn.services.answering import answered
from edulearn.services.caller import Caller

SUGGESTIONS = 3


async def recommend(session: AsyncSession, models: httpx.AsyncClient, caller: Caller) -> int:
    """Replaces the learner's recommendations; how many there are now. Raises DependencyFailed."""
    enrolled = list(
        await session.scalars(select(Enrolment.course_id).where(Enrolment.learner_id == caller.person_id))
    )
    # The read transaction ends here: no connection is held while the model thinks.
    await session.rollback()
    suggested: dict[str, Any] = await answered(
        models.post(
            "/v1/recommendations",
            json={"enrolled": enrolled, "limit": SUGGESTIONS},
            headers=caller.headers(),
        ),
        service="model-server",
    )
    rows = [
        Recommendation(learner_id=caller.person_id, position=i, course_id=s["course_id"], score=s["score"])
        for i, s in enumerate(suggested["suggestions"])
    ]
    await session.execute(delete(Recommendation).where(Recommendation.learner_id == caller.person_id))
    session.add_all(rows)
    await session.commit()
    return len(rows)
