/** The questions of a quiz or an exam as a form, and what was chosen. */

import type * as api from "./api.js";
import { el } from "./dom.js";

export function question(q: api.Question, index: number, required = true): HTMLElement {
  return el(
    "fieldset",
    {},
    el("legend", {}, `${index + 1}. ${q.prompt}`),
    ...q.choices.map((choice, i) =>
      el("label", {}, el("input", { type: "radio", name: `q${index}`, value: String(i), required }), ` ${choice}`),
    ),
  );
}

/** The chosen choice of each question, -1 where none is chosen. */
export function chosen(form: HTMLFormElement, questions: api.Question[]): number[] {
  const data = new FormData(form);
  return questions.map((_, i) => Number(data.get(`q${i}`) ?? -1));
}
