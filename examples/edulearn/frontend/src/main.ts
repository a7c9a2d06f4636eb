/** EduLearn's page: who is at it, which view, and the code that support asks for. */

import "./style.css";
import * as api from "./api.js";
import { coursesView, courseView } from "./courses.js";
import { el, need } from "./dom.js";
import { examsView, examView } from "./exams.js";
import { isSignedIn, onPerson, person, resume, signOut, visit } from "./person.js";
import { proctorView, reviewView } from "./proctor.js";
import { profileView } from "./profile.js";
import { gradesView, quizView } from "./quiz.js";
import { signInView } from "./sign-in.js";
import { telemetry } from "./telemetry.js";
import { tutorView } from "./tutor.js";

interface View {
  pattern: RegExp;
  tab: string;
  template: string;
  make: (id: string) => Promise<HTMLElement>;
  /** Whether it is a step of a journey, from sign-in through an exam to its end, under one correlation id. */
  journey?: boolean;
}

const VIEWS: View[] = [
  { pattern: /^\/?$/, tab: "courses", template: "/courses", make: coursesView },
  { pattern: /^\/courses\/([^/]+)$/, tab: "courses", template: "/courses/{course_id}", make: courseView },
  { pattern: /^\/quizzes\/([^/]+)$/, tab: "courses", template: "/quizzes/{quiz_id}", make: quizView },
  { pattern: /^\/tutor$/, tab: "tutor", template: "/tutor", make: tutorView },
  { pattern: /^\/grades$/, tab: "grades", template: "/grades", make: gradesView },
  { pattern: /^\/exams$/, tab: "exams", template: "/exams", make: examsView, journey: true },
  { pattern: /^\/exams\/([^/]+)$/, tab: "exams", template: "/exams/{session_id}", make: examView, journey: true },
  { pattern: /^\/sign-in\/(exams)$/, tab: "exams", template: "/sign-in/exams", make: signInView, journey: true },
  { pattern: /^\/sign-in\/(home|proctor)$/, tab: "", template: "/sign-in", make: signInView },
  { pattern: /^\/proctor$/, tab: "proctor", template: "/proctor", make: proctorView },
  { pattern: /^\/proctor\/([^/]+)$/, tab: "proctor", template: "/proctor/{session_id}", make: reviewView },
  { pattern: /^\/me$/, tab: "me", template: "/me", make: profileView },
];

const view = need("#view");
const tenantChoice = need<HTMLSelectElement>("#tenant");
let shown = 0;

async function show(): Promise<void> {
  const path = location.hash.slice(1);
  const turn = ++shown;
  const found = VIEWS.map((v) => ({ ...v, match: v.pattern.exec(path) })).find((v) => v.match);
  if (!found) {
    location.hash = "#/";
    return;
  }
  for (const link of document.querySelectorAll<HTMLElement>("[data-nav]")) {
    link.toggleAttribute("aria-current", link.dataset["nav"] === found.tab);
  }
  if (found.journey) telemetry.journey();
  else telemetry.endJourney();
  telemetry.pageView(found.template);
  view.setAttribute("aria-busy", "true");
  const made = await found.make(decodeURIComponent(found.match?.[1] ?? "")).catch((problem: unknown) =>
    el("p", { class: "problem" }, problem instanceof api.ApiError ? problem.message : "EduLearn cannot be reached."),
  );
  // A slow view must not replace the one the learner has since gone to.
  if (turn !== shown) return;
  view.removeAttribute("aria-busy");
  view.replaceChildren(made);
}

/** The header for the person at the page. */
function greet(person: api.Person): void {
  const name = need("#learner");
  name.textContent = person.display_name;
  name.toggleAttribute("data-signed-in", isSignedIn());
  tenantChoice.value = person.tenant_id;
  for (const id of ["#visiting", "#to-sign-in"]) need(id).hidden = isSignedIn();
  need("#sign-out").hidden = !isSignedIn();
  for (const link of document.querySelectorAll<HTMLElement>("[data-for]")) {
    link.hidden = !(link.dataset["for"] ?? "").split(" ").includes(person.role);
  }
}

async function start(): Promise<void> {
  const code = need<HTMLButtonElement>("[data-testid=support-code]");
  telemetry.onCorrelation((id) => (code.textContent = id));
  code.addEventListener("click", () => void navigator.clipboard?.writeText(code.textContent ?? ""));
  onPerson(greet);
  const tenants = await api.tenants();
  tenantChoice.replaceChildren(...tenants.map((t) => el("option", { value: t.tenant_id }, t.name)));
  await resume(tenants);
  tenantChoice.addEventListener("change", () => void visit(tenantChoice.value).then(show));
  need("#sign-out").addEventListener("click", () => void signOut().then(goHome));
  addEventListener("hashchange", () => void show());
  // Proctors come for the sessions that wait, not for the courses.
  if (person()?.role === "proctor" && location.hash.length < 3) location.hash = "#/proctor";
  await show();
}

function goHome(): void {
  if (location.hash.length < 3) void show();
  else location.hash = "#/";
}

start().catch((problem: unknown) => {
  telemetry.error(problem);
  view.replaceChildren(el("p", { class: "problem" }, "EduLearn cannot be reached. Reload the page in a moment."));
});
