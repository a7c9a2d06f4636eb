/** The proctor's side: the sessions that wait, what was noticed in one, and the decision. */

import * as api from "./api.js";
import { el } from "./dom.js";
import { telemetry } from "./telemetry.js";

const KINDS: Record<api.EventKind, string> = {
  focus_lost: "left the page",
  focus_regained: "came back",
  face_not_visible: "face not visible",
  second_voice: "second voice",
};
const STATES: Record<api.ExamState, string> = { running: "running", handed_in: "handed in", terminated: "ended" };
const DECISIONS: [api.Decision, string, string][] = [
  ["cleared", "Clear", "nothing to see here"],
  ["flagged", "Flag", "a second look is needed"],
  ["terminated", "End the exam", "it stops at once"],
];

export async function proctorView(): Promise<HTMLElement> {
  const rows = await api.examSessions();
  return el(
    "div",
    {},
    el("h1", {}, "Proctoring"),
    el("p", { class: "lead" }, "Sessions with something noticed and nothing decided stand first. Who sits them is not told."),
    rows.length === 0
      ? el("p", { class: "quiet" }, "Nobody sits an exam yet.")
      : el("ul", { class: "rows" }, ...rows.map(row)),
  );
}

function row(session: api.ExamRow): HTMLElement {
  const decided = session.decision ?? (session.event_count > 0 ? "undecided" : "quiet");
  return el(
    "li",
    { class: "row", "data-testid": "exam-session" },
    el("a", { href: `#/proctor/${session.session_id}` }, session.title),
    el("span", { class: "quiet" }, `${time(session.started_at)} · ${STATES[session.state]}`),
    el("span", { class: "quiet" }, `${session.event_count} noticed`),
    el("span", { class: `pill ${decided}` }, decided === "quiet" ? "nothing noticed" : decided),
  );
}

export async function reviewView(sessionId: string): Promise<HTMLElement> {
  const article = el("article", {});
  const show = (review: api.Review) => article.replaceChildren(...parts(review, show));
  const found = await api.review(sessionId);
  // From here on the proctor's steps belong to the exam's own story.
  telemetry.journey(found.session.correlation_id);
  show(found);
  return article;
}

function parts(review: api.Review, show: (review: api.Review) => void): Node[] {
  const { session, events, decisions } = review;
  return [
    el("h1", {}, session.title),
    el("p", { class: "lead" }, `Begun ${time(session.started_at)} · ${STATES[session.state]}`),
    el("h2", {}, "Noticed"),
    events.length === 0
      ? el("p", { class: "quiet" }, "Nothing.")
      : el(
          "ol",
          { class: "events" },
          ...events.map((e) =>
            el("li", { "data-testid": "event" }, el("time", {}, time(e.noticed_at)), ` ${KINDS[e.kind]}`),
          ),
        ),
    el("h2", {}, "Decided"),
    decisions.length === 0
      ? el("p", { class: "quiet" }, "Nothing yet.")
      : el(
          "ol",
          { class: "events" },
          ...decisions.map((d) =>
            el(
              "li",
              { "data-testid": "decision" },
              el("time", {}, time(d.decided_at)),
              el("span", { class: `pill ${d.decision}` }, d.decision),
              ` ${d.reason}`,
            ),
          ),
        ),
    decisionForm(session, show),
  ];
}

function decisionForm(session: api.ExamSession, show: (review: api.Review) => void): HTMLElement {
  const reason = el("textarea", {
    id: "reason",
    rows: "2",
    minlength: "3",
    maxlength: "300",
    required: true,
    placeholder: "What did you see?",
    "data-testid": "reason",
  });
  const button = el("button", { class: "button", "data-testid": "decide" }, "Decide");
  const problem = el("p", { class: "problem", role: "alert" });
  const onsubmit = async (event: Event) => {
    event.preventDefault();
    button.disabled = true;
    const decision = new FormData(form).get("decision") as api.Decision;
    try {
      show(await telemetry.action("decide", () => api.decide(session.session_id, decision, reason.value)));
    } catch (failed) {
      problem.textContent = (failed as Error).message;
    } finally {
      button.disabled = false;
    }
  };
  const form = el(
    "form",
    { class: "sheet decide", onsubmit: (event) => void onsubmit(event) },
    el(
      "fieldset",
      { class: "plain" },
      el("legend", {}, "Your decision"),
      ...DECISIONS.map(([value, label, says]) =>
        el(
          "label",
          {},
          el("input", { type: "radio", name: "decision", value, required: true }),
          ` ${label} `,
          el("span", { class: "quiet" }, says),
        ),
      ),
    ),
    el("label", { for: "reason" }, "Why"),
    reason,
    problem,
    button,
  );
  return form;
}

const time = (at: string): string => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
