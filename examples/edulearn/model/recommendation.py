"""Suggests courses: item-based collaborative filtering on enrolments.

Sarwar et al., "Item-based collaborative filtering recommendation algorithms" (2001), with cosine similarity.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

import msgspec
import numpy as np
from numpy.typing import NDArray


class Enrolment(msgspec.Struct, frozen=True):
    """A learner takes a course."""

    learner_id: str
    course_id: str
    tenant_id: str


class Suggestion(msgspec.Struct, frozen=True):
    """A course that may interest; `score` is the mean similarity to the courses already taken, 0 to 1."""

    course_id: str
    score: float


class Recommender:
    """Course-to-course similarities of each tenant, from who takes what. Immutable."""

    def __init__(self, enrolments: Iterable[Enrolment]) -> None:
        taken: dict[str, list[Enrolment]] = defaultdict(list)
        for enrolment in enrolments:
            taken[enrolment.tenant_id].append(enrolment)
        self._by_tenant = {tenant_id: _similarities(rows) for tenant_id, rows in taken.items()}

    def suggest(self, *, tenant_id: str, enrolled: Collection[str], limit: int = 3) -> list[Suggestion]:
        """The courses of the tenant nearest to those enrolled in, best first, without those."""
        if tenant_id not in self._by_tenant:
            return []
        courses, similar = self._by_tenant[tenant_id]
        known = [courses[c] for c in enrolled if c in courses]
        scores = similar[known].mean(axis=0) if known else similar.mean(axis=0)
        open_courses = [(c, float(scores[i])) for c, i in courses.items() if i not in known]
        best = sorted(open_courses, key=lambda pair: (-pair[1], pair[0]))[:limit]
        return [Suggestion(course_id, round(score, 4)) for course_id, score in best]


def _similarities(rows: list[Enrolment]) -> tuple[dict[str, int], NDArray[np.float32]]:
    """The column of each course, and the cosine similarity of each pair of courses."""
    courses = {c: i for i, c in enumerate(sorted({row.course_id for row in rows}))}
    learners = {u: i for i, u in enumerate(sorted({row.learner_id for row in rows}))}
    matrix = np.zeros((len(learners), len(courses)), dtype=np.float32)
    for row in rows:
        matrix[learners[row.learner_id], courses[row.course_id]] = 1.0
    unit = matrix / np.maximum(np.linalg.norm(matrix, axis=0, keepdims=True), 1e-9)
    similar: NDArray[np.float32] = unit.T @ unit
    np.fill_diagonal(similar, 0.0)
    return courses, similar
