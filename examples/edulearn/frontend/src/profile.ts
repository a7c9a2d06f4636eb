/** Who one is here: classes, and what one agreed to. */

import * as api from "./api.js";
import { el } from "./dom.js";
import { isSignedIn } from "./person.js";
import { telemetry } from "./telemetry.js";

const PURPOSES: Record<api.Purpose, [string, string]> = {
  product_analytics: ["Product analytics", "Which features are used, so that EduLearn gets better."],
  proctoring: ["Proctoring", "A proctor sees what the page notices during an exam."],
};

export async function profileView(): Promise<HTMLElement> {
  const { person, classes, consents } = await api.me();
  return el(
    "div",
    { class: "narrow" },
    el("h1", {}, person.display_name),
    el("p", { class: "lead" }, person.under_13 ? `${person.role}, under 13` : person.role),
    classes.length > 0 && el("h2", {}, "Classes"),
    classes.length > 0 && el("ul", { class: "rows" }, ...classes.map(classRow)),
    person.role === "learner" && el("h2", {}, "Privacy"),
    person.role === "learner" && privacy(person, consents),
  );
}

function classRow(c: api.ClassOf): HTMLElement {
  return el(
    "li",
    { class: "row" },
    el("strong", {}, c.title),
    el("span", { class: "quiet" }, c.teacher),
    el("span", { class: "quiet" }, `${c.members} learners`),
  );
}

function privacy(person: api.Person, consents: api.Consent[]): HTMLElement {
  const rows = (Object.keys(PURPOSES) as api.Purpose[]).map((purpose) => {
    const given = consents.find((c) => c.purpose === purpose);
    const [title, says] = PURPOSES[purpose];
    const box = el("input", {
      type: "checkbox",
      "data-testid": `consent-${purpose}`,
      checked: given?.granted ?? false,
      disabled: person.under_13 || !isSignedIn(),
    });
    const change = async () => {
      try {
        await telemetry.action("decide consent", () => api.consent(purpose, box.checked));
      } catch {
        box.checked = !box.checked;
      }
    };
    box.addEventListener("change", () => void change());
    return el("li", {}, el("label", {}, box, el("span", {}, el("strong", {}, title), el("span", { class: "quiet" }, says))));
  });
  const visiting = !isSignedIn() && el("p", { class: "quiet" }, "Sign in to decide.");
  const guardian = person.under_13 && el("p", { class: "quiet" }, "Your guardian decides for you. What is counted then names nobody.");
  return el("div", { class: "sheet" }, visiting, guardian, el("ul", { class: "consents" }, ...rows));
}
