"""What a learner does, step by step."""

import asyncio
import random
from typing import Any

from edulearn.students.browser import Browser

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
GRADE_LOOKS = 2
GRADE_PAUSE_SECONDS = 0.6


class Learner:
    """One simulated learner: each `step` is one user action, chosen as people choose."""

    def __init__(self, browser: Browser, chance: random.Random) -> None:
        self._browser = browser
        self._chance = chance
        self._courses: list[dict[str, Any]] = []
        self._course: dict[str, Any] | None = None
        self.requests = 0
        self.failures = 0

    async def step(self) -> None:
        """Does the next thing. An answer that is not a success is counted, and the learner tries something else."""
        if not self._courses:
            await self._arrive()
        elif self._course is None or self._chance.random() < 0.25:
            await self._open_course()
        else:
            await self._chance.choices(
                [self._ask, self._take_quiz, self._look_at_grades, self._list_courses], [4, 2, 2, 2]
            )[0]()

    async def _arrive(self) -> None:
        async with self._browser.action("choose school") as action:
            body = {"tenant_id": self._browser.tenant_id}
            if await self._call(action, "POST", "/api/session", "/api/session", body=body) is None:
                return
        await self._list_courses()

    async def _list_courses(self) -> None:
        async with self._browser.action("page view") as action:
            self._courses = await self._call(action, "GET", "/api/courses", "/api/courses") or self._courses
            await self._call(action, "GET", "/api/recommendations", "/api/recommendations")

    async def _open_course(self) -> None:
        mine = [c for c in self._courses if c["enrolled"]] or self._courses
        course_id = self._chance.choice(mine)["course_id"]
        async with self._browser.action("page view") as action:
            path = f"/api/courses/{course_id}"
            self._course = await self._call(action, "GET", path, "/api/courses/{course_id}")

    async def _ask(self) -> None:
        within = self._course["course_id"] if self._course and self._chance.random() < 0.3 else None
        async with self._browser.action("ask tutor") as action:
            body = {"question": self._chance.choice(QUESTIONS), "course_id": within}
            await self._call(action, "POST", "/api/tutor/questions", "/api/tutor/questions", body=body)

    async def _take_quiz(self) -> None:
        quiz_id = self._course["quiz_id"] if self._course else None
        if quiz_id is None:
            return
        async with self._browser.action("page view") as action:
            quiz = await self._call(action, "GET", f"/api/quizzes/{quiz_id}", "/api/quizzes/{quiz_id}")
        if quiz is None:
            return
        async with self._browser.action("submit quiz") as action:
            path = f"/api/quizzes/{quiz_id}/submissions"
            answers = [self._chance.randrange(len(q["choices"])) for q in quiz["questions"]]
            handed_in = await self._call(
                action, "POST", path, "/api/quizzes/{quiz_id}/submissions", body={"answers": answers}
            )
            for _ in range(GRADE_LOOKS if handed_in else 0):
                await asyncio.sleep(GRADE_PAUSE_SECONDS)
                path = f"/api/submissions/{handed_in['submission_id']}"
                found = await self._call(action, "GET", path, "/api/submissions/{submission_id}")
                if found and found["score"] is not None:
                    break

    async def _look_at_grades(self) -> None:
        async with self._browser.action("page view") as action:
            await self._call(action, "GET", "/api/grades", "/api/grades")

    async def _call(self, action: Any, method: str, path: str, template: str, *, body: Any = None) -> Any:
        self.requests += 1
        answer = await action.request(method, path, template, body=body)
        if not answer.is_success:
            self.failures += 1
            return None
        return answer.json()
