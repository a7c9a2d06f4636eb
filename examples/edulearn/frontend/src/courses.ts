/** The list of courses, and one course. */

import * as api from "./api.js";
import { el } from "./dom.js";
import { tutorForm } from "./tutor.js";

export async function coursesView(): Promise<HTMLElement> {
  const [all, suggested] = await Promise.all([api.courses(), api.recommendations()]);
  const mine = all.filter((c) => c.enrolled);
  const others = all.filter((c) => !c.enrolled);
  return el(
    "div",
    {},
    el("h1", {}, "Your courses"),
    cards(mine, "You have not joined a course yet: look below."),
    suggested.length > 0 && el("h2", {}, "You may like"),
    suggested.length > 0 && cards(suggested, ""),
    el("h2", {}, "More courses"),
    cards(others, "You have joined them all."),
  );
}

function cards(courses: api.Course[], empty: string): HTMLElement {
  if (courses.length === 0) return el("p", { class: "quiet" }, empty);
  return el(
    "ul",
    { class: "cards" },
    ...courses.map((c) =>
      el(
        "li",
        { class: "card", "data-testid": "course" },
        el("span", { class: `subject ${c.subject}` }, c.subject),
        el("a", { href: `#/courses/${c.course_id}` }, c.title),
        el("p", {}, c.summary),
      ),
    ),
  );
}

export async function courseView(courseId: string): Promise<HTMLElement> {
  const course = await api.course(courseId);
  return el(
    "article",
    {},
    el("h1", {}, course.title),
    el("p", { class: "lead" }, course.summary),
    course.quiz_id !== null &&
      el("p", {}, el("a", { class: "button", href: `#/quizzes/${course.quiz_id}` }, "Take the quiz")),
    ...course.passages.flatMap((p) => [el("h2", {}, p.heading), el("p", {}, p.body)]),
    el("h2", {}, "Ask about this course"),
    tutorForm(courseId),
  );
}
