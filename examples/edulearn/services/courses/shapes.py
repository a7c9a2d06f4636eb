"""What the courses service takes and gives."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

MOST_ANSWERS = 100


class CourseOut(BaseModel):
    course_id: str
    title: str
    subject: str
    summary: str
    enrolled: bool


class PassageOut(BaseModel):
    passage_id: int
    course_id: str
    course_title: str
    heading: str
    body: str


class CourseDetail(BaseModel):
    course_id: str
    title: str
    summary: str
    quiz_id: str | None
    passages: list[PassageOut]


class QuestionOut(BaseModel):
    question_id: int
    prompt: str
    choices: list[str]


class QuizOut(BaseModel):
    quiz_id: str
    course_id: str
    title: str
    questions: list[QuestionOut]


class AnswersIn(BaseModel):
    """The chosen choice of each question, in order, counted from 0; -1 where there is none."""

    answers: list[int] = Field(max_length=MOST_ANSWERS)


class SubmissionOut(BaseModel):
    submission_id: UUID
    quiz_id: str
    course_title: str
    score: int | None
    points: int | None
    submitted_at: datetime
    graded_at: datetime | None
