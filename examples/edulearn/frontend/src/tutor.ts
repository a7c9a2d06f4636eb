/** The box in which one asks the tutor. */

import * as api from "./api.js";
import { el } from "./dom.js";
import { telemetry } from "./telemetry.js";

export async function tutorView(): Promise<HTMLElement> {
  return el(
    "div",
    {},
    el("h1", {}, "Ask the tutor"),
    el("p", { class: "lead" }, "It answers from the texts of your school's courses, and says from which."),
    tutorForm(null),
  );
}

export function tutorForm(courseId: string | null): HTMLElement {
  const question = el("textarea", {
    id: "question",
    rows: "3",
    maxlength: "500",
    required: true,
    placeholder: "Why does it rain?",
    "data-testid": "question",
  });
  const answer = el("div", { class: "answer", role: "status", "data-testid": "answer" });
  const button = el("button", { class: "button", "data-testid": "ask" }, "Ask");
  const onsubmit = async (event: Event) => {
    event.preventDefault();
    button.disabled = true;
    answer.replaceChildren(el("p", { class: "quiet" }, "Thinking …"));
    try {
      const text = el("p", {}, "");
      const onWord = (word: string) => {
        if (!text.isConnected) answer.replaceChildren(text);
        text.append(word);
      };
      const given = await telemetry.action("ask tutor", () => api.ask(question.value, courseId, onWord));
      answer.append(...answered(given));
    } catch (problem) {
      answer.replaceChildren(el("p", { class: "problem" }, (problem as Error).message));
    } finally {
      button.disabled = false;
    }
  };
  return el(
    "form",
    { class: "tutor", onsubmit: (event) => void onsubmit(event) },
    el("label", { for: "question" }, "Your question"),
    question,
    button,
    answer,
  );
}

function answered(given: api.Answer): HTMLElement[] {
  const sources = given.sources.map((s) => el("li", {}, `${s.course_title}: ${s.heading}`));
  return [
    ...(sources.length > 0 ? [el("p", { class: "quiet" }, "From"), el("ul", { class: "sources" }, ...sources)] : []),
    feedback(given.answer_id),
  ];
}

function feedback(answerId: string): HTMLElement {
  const say = (helpful: boolean) => async () => {
    box.replaceChildren(el("span", { class: "quiet" }, "Thank you."));
    await telemetry.action("tutor feedback", () => api.feedback(answerId, helpful)).catch(() => undefined);
  };
  const chip = (label: string, helpful: boolean) =>
    el(
      "button",
      { type: "button", class: "chip", "data-testid": `helpful-${helpful}`, onclick: () => void say(helpful)() },
      label,
    );
  const box = el("p", { class: "chips feedback" }, el("span", { class: "quiet" }, "Did this help?"), chip("Yes", true), chip("No", false));
  return box;
}
