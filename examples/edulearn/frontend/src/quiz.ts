/** A quiz, and its grade once the worker has graded it. */

import * as api from "./api.js";
import { el } from "./dom.js";
import { chosen, question } from "./questions.js";
import { telemetry } from "./telemetry.js";

const LOOK_AGAIN_MS = 700;
const MOST_LOOKS = 12;

export async function quizView(quizId: string): Promise<HTMLElement> {
  const quiz = await api.quiz(quizId);
  const result = el("div", { role: "status", "data-testid": "result" });
  const button = el("button", { class: "button", "data-testid": "submit-quiz" }, "Hand in");
  const form = el("form", { class: "quiz" }, ...quiz.questions.map((q, i) => question(q, i)), button, result);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    void handIn(quizId, chosen(form, quiz.questions), result).finally(() => (button.disabled = false));
  });
  return el("article", {}, el("h1", {}, quiz.title), form);
}

async function handIn(quizId: string, answers: number[], result: HTMLElement): Promise<void> {
  result.replaceChildren(el("p", { class: "quiet" }, "Handed in. Waiting for the grade …"));
  try {
    const graded = await telemetry.action("submit quiz", async () => {
      const { submission_id } = await api.submit(quizId, answers);
      return waitForGrade(submission_id);
    });
    const text = graded.score === null ? "The grade will be in “My grades” soon." : `You have ${grade(graded)}.`;
    result.replaceChildren(el("p", { class: "grade", "data-testid": "grade" }, text));
  } catch (problem) {
    result.replaceChildren(el("p", { class: "problem" }, (problem as Error).message));
  }
}

async function waitForGrade(submissionId: string): Promise<api.Submission> {
  for (let look = 1; ; look++) {
    const found = await api.submission(submissionId);
    if (found.score !== null || look === MOST_LOOKS) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

const grade = (s: api.Submission): string => `${s.score} of ${s.points} points`;

export async function gradesView(): Promise<HTMLElement> {
  const grades = await api.grades();
  if (grades.length === 0) {
    return el("div", {}, el("h1", {}, "My grades"), el("p", { class: "quiet" }, "None yet: take a quiz first."));
  }
  const rows = grades.map((s) =>
    el(
      "tr",
      {},
      el("td", {}, s.course_title),
      el("td", {}, s.score === null ? "waiting" : grade(s)),
      el("td", {}, new Date(s.submitted_at).toLocaleString()),
    ),
  );
  const head = el("tr", {}, el("th", {}, "Course"), el("th", {}, "Grade"), el("th", {}, "Handed in"));
  return el("div", {}, el("h1", {}, "My grades"), el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)));
}
