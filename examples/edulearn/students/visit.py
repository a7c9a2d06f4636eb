"""What a learner does, step by step."""

import asyncio
import random
from typing import Any

from edulearn.students.browser import Browser
from edulearn.students.calls import Calls
from edulearn.students.sitting import sit_exam

QUESTIONS = (
    "Why does it rain?",
    "What is the difference between mitosis and meiosis?",
    "How do I solve a linear equation?",
    "What does the discriminant tell me?",
    "Why did the industrial revolution begin in Britain?",
    "What is a metaphor?",
    "How does an index speed up a query?",
    "What is a Nash equilibrium?",
    "When is a matrix invertible?",
    "What does a buffer solution do?",
    "Why is the median better than the mean?",
    "What happens during photosynthesis?",
    "How do I loop over a list in Python?",
    "What is the coriolis effect?",
)
LEAVE_SHARE = 0.03
EXAM_SHARE = 0.08
FEEDBACK_SHARE = 0.2
HELPFUL_SHARE = 0.8
GRADE_LOOKS = 2
GRADE_PAUSE_SECONDS = 0.6


class Learner(Calls):
    """One simulated learner: each `step` is one user action, chosen as people choose.

    With an e-mail address they sign in and sit exams; without one they look around as a visitor.
    """

    def __init__(self, browser: Browser, chance: random.Random, *, email: str = "") -> None:
        super().__init__(browser, chance)
        self._email = email
        self._courses: list[dict[str, Any]] = []
        self._course: dict[str, Any] | None = None

    async def step(self, *, is_exam_time: bool = False) -> None:
        """Does the next thing. An answer that is not a success is counted, and the learner tries something else."""
        if not self._courses:
            await self._arrive()
        elif self._chance.random() < LEAVE_SHARE:
            await self._leave()
        elif is_exam_time and self._email and self._chance.random() < EXAM_SHARE:
            await sit_exam(self)
        elif self._course is None or self._chance.random() < 0.25:
            await self._open_course()
        else:
            await self._chance.choices(
                [self._ask, self._take_quiz, self._look_at_grades, self._list_courses], [4, 2, 2, 2]
            )[0]()

    async def _arrive(self) -> None:
        if await (self.sign_in(self._email) if self._email else self._visit()):
            await self._list_courses()

    async def _visit(self) -> bool:
        person = None
        async with self._browser.action("choose school") as action:
            body = {"tenant_id": self._browser.tenant_id}
            person = await self.call(action, "POST", "/api/session", "/api/session", body=body)
        return person is not None

    async def _leave(self) -> None:
        async with self._browser.action("sign out") as action:
            await self.call(action, "POST", "/api/session/end", "/api/session/end")
        self._courses, self._course = [], None

    async def _list_courses(self) -> None:
        async with self._browser.action("page view") as action:
            self._courses = await self.call(action, "GET", "/api/courses", "/api/courses") or self._courses
            await self.call(action, "GET", "/api/recommendations", "/api/recommendations")

    async def _open_course(self) -> None:
        mine = [c for c in self._courses if c["enrolled"]] or self._courses
        course_id = self._chance.choice(mine)["course_id"]
        async with self._browser.action("page view") as action:
            path = f"/api/courses/{course_id}"
            self._course = await self.call(action, "GET", path, "/api/courses/{course_id}")

    async def _ask(self) -> None:
        within = self._course["course_id"] if self._course and self._chance.random() < 0.3 else None
        async with self._browser.action("ask tutor") as action:
            body = {"question": self._chance.choice(QUESTIONS), "course_id": within}
            path = "/api/tutor/questions"
            answer = await self.call(action, "POST", path, path, body=body)
            if answer and self._chance.random() < FEEDBACK_SHARE:
                await self._rate(action, answer["answer_id"])

    async def _rate(self, action: Any, answer_id: str) -> None:
        body = {"answer_id": answer_id, "helpful": self._chance.random() < HELPFUL_SHARE}
        await self.call(action, "POST", "/api/tutor/feedback", "/api/tutor/feedback", body=body)

    async def _take_quiz(self) -> None:
        quiz_id = self._course["quiz_id"] if self._course else None
        if quiz_id is None:
            return
        async with self._browser.action("page view") as action:
            quiz = await self.call(action, "GET", f"/api/quizzes/{quiz_id}", "/api/quizzes/{quiz_id}")
        if quiz is None:
            return
        async with self._browser.action("submit quiz") as action:
            path = f"/api/quizzes/{quiz_id}/submissions"
            answers = [self._chance.randrange(len(q["choices"])) for q in quiz["questions"]]
            handed_in = await self.call(
                action, "POST", path, "/api/quizzes/{quiz_id}/submissions", body={"answers": answers}
            )
            for _ in range(GRADE_LOOKS if handed_in else 0):
                await asyncio.sleep(GRADE_PAUSE_SECONDS)
                path = f"/api/submissions/{handed_in['submission_id']}"
                found = await self.call(action, "GET", path, "/api/submissions/{submission_id}")
                if found and found["score"] is not None:
                    break

    async def _look_at_grades(self) -> None:
        async with self._browser.action("page view") as action:
            await self.call(action, "GET", "/api/grades", "/api/grades")
