/** EduLearn's page: which school, which view, and the code that support asks for. */

import "./style.css";
import * as api from "./api.js";
import { coursesView, courseView } from "./courses.js";
import { el, need } from "./dom.js";
import { gradesView, quizView } from "./quiz.js";
import { telemetry } from "./telemetry.js";
import { tutorView } from "./tutor.js";

const view = need("#view");
const tenantChoice = need<HTMLSelectElement>("#tenant");
const TENANT_KEY = "edulearn-tenant";
let shown = 0;

const VIEWS: [RegExp, string, string, (id: string) => Promise<HTMLElement>][] = [
  [/^\/?$/, "courses", "/courses", coursesView],
  [/^\/courses\/([^/]+)$/, "courses", "/courses/{course_id}", courseView],
  [/^\/quizzes\/([^/]+)$/, "courses", "/quizzes/{quiz_id}", quizView],
  [/^\/tutor$/, "tutor", "/tutor", tutorView],
  [/^\/grades$/, "grades", "/grades", gradesView],
];

async function show(): Promise<void> {
  const path = location.hash.slice(1);
  const turn = ++shown;
  for (const [pattern, tab, template, make] of VIEWS) {
    const match = pattern.exec(path);
    if (!match) continue;
    for (const link of document.querySelectorAll<HTMLElement>("[data-nav]")) {
      link.toggleAttribute("aria-current", link.dataset["nav"] === tab);
    }
    telemetry.pageView(template);
    view.setAttribute("aria-busy", "true");
    const made = await make(decodeURIComponent(match[1] ?? "")).catch((problem: unknown) =>
      el("p", { class: "problem" }, problem instanceof api.ApiError ? problem.message : "EduLearn cannot be reached."),
    );
    // A slow view must not replace the one the learner has since gone to.
    if (turn !== shown) return;
    view.removeAttribute("aria-busy");
    view.replaceChildren(made);
    return;
  }
  location.hash = "#/";
}

async function enter(tenantId: string): Promise<void> {
  const learner = await telemetry.action("choose school", () => api.beginSession(tenantId));
  telemetry.setTenant(learner.tenant_id);
  need("#learner").textContent = learner.display_name;
  localStorage.setItem(TENANT_KEY, tenantId);
}

async function start(): Promise<void> {
  const code = need<HTMLButtonElement>("[data-testid=support-code]");
  telemetry.onCorrelation((id) => (code.textContent = id));
  code.addEventListener("click", () => void navigator.clipboard?.writeText(code.textContent ?? ""));
  const tenants = await api.tenants();
  tenantChoice.replaceChildren(...tenants.map((t) => el("option", { value: t.tenant_id }, t.name)));
  const remembered = localStorage.getItem(TENANT_KEY);
  tenantChoice.value = tenants.find((t) => t.tenant_id === remembered)?.tenant_id ?? tenants[0]?.tenant_id ?? "";
  await enter(tenantChoice.value);
  tenantChoice.addEventListener("change", () => void enter(tenantChoice.value).then(show));
  addEventListener("hashchange", () => void show());
  await show();
}

start().catch((problem: unknown) => {
  telemetry.error(problem);
  view.replaceChildren(el("p", { class: "problem" }, "EduLearn cannot be reached. Reload the page in a moment."));
});
