"""What the proctoring service takes and gives."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

MOST_ANSWERS = 100

EventKind = Literal["focus_lost", "focus_regained", "face_not_visible", "second_voice"]
Decision = Literal["flagged", "cleared", "terminated"]
State = Literal["running", "handed_in", "terminated"]


class ExamOut(BaseModel):
    """An exam, and the person's own newest session of it."""

    exam_id: str
    title: str
    minutes: int
    session_id: UUID | None
    state: State | None


class EventIn(BaseModel):
    """Something the page noticed."""

    kind: EventKind


class AnswersIn(BaseModel):
    """The chosen choice of each question, in order, counted from 0; -1 where there is none."""

    answers: list[int] = Field(max_length=MOST_ANSWERS)


class DecisionIn(BaseModel):
    """What a proctor decides, and why. The reason is kept with the decision and stands in no log."""

    decision: Decision
    reason: str = Field(min_length=3, max_length=300)


class SessionOut(BaseModel):
    """A session as its learner sees it. `decision` is the one that stands."""

    session_id: UUID
    exam_id: str
    title: str
    quiz_id: str
    minutes: int
    state: State
    correlation_id: str
    submission_id: UUID | None
    started_at: datetime
    ended_at: datetime | None
    decision: Decision | None
    reason: str | None
    event_count: int


class EventOut(BaseModel):
    kind: EventKind
    noticed_at: datetime


class DecisionOut(BaseModel):
    decision: Decision
    reason: str
    decided_at: datetime


class ReviewOut(BaseModel):
    """A session as a proctor sees it. Who sits it is not told: the decision is about what was noticed."""

    session: SessionOut
    events: list[EventOut]
    decisions: list[DecisionOut]


class SessionRow(BaseModel):
    """A line of the proctor's list."""

    session_id: UUID
    title: str
    state: State
    started_at: datetime
    decision: Decision | None
    event_count: int
