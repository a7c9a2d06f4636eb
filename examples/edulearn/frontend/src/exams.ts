/** The exams of the school, and sitting one: questions, a clock, and what the page notices meanwhile. */

import * as api from "./api.js";
import { el } from "./dom.js";
import { isSignedIn, person } from "./person.js";
import { chosen, question } from "./questions.js";
import { telemetry } from "./telemetry.js";

const LOOK_AGAIN_MS = 5000;
const SECOND_MS = 1000;
const STATES: Record<api.ExamState, string> = {
  running: "running",
  handed_in: "handed in",
  terminated: "ended by a proctor",
};

export async function examsView(): Promise<HTMLElement> {
  if (!isSignedIn()) return invitation();
  const exams = await api.exams();
  return el(
    "div",
    {},
    el("h1", {}, "Exams"),
    el("p", { class: "lead" }, "An exam is proctored: the page tells a proctor when you leave it. Nothing is filmed here."),
    el("ul", { class: "cards" }, ...exams.map(card)),
  );
}

function invitation(): HTMLElement {
  return el(
    "div",
    {},
    el("h1", {}, "Exams"),
    el("p", { class: "lead" }, "To sit an exam, say who you are."),
    el("a", { class: "button", href: "#/sign-in/exams", "data-testid": "to-sign-in" }, "Sign in"),
  );
}

function card(exam: api.Exam): HTMLElement {
  const begin = async () => {
    button.disabled = true;
    try {
      const session = await telemetry.action("begin exam", () => api.beginExam(exam.exam_id));
      location.hash = `#/exams/${session.session_id}`;
    } catch (problem) {
      button.disabled = false;
      button.after(el("p", { class: "problem" }, (problem as Error).message));
    }
  };
  const button = el(
    "button",
    { type: "button", class: "button", onclick: () => void begin(), "data-testid": "begin-exam" },
    exam.state === "running" ? "Go on" : "Begin",
  );
  return el(
    "li",
    { class: "card exam", "data-testid": "exam" },
    el("span", { class: "subject" }, exam.state ? STATES[exam.state] : `${exam.minutes} minutes`),
    el("h2", {}, exam.title),
    person()?.role === "learner" && button,
  );
}

export async function examView(sessionId: string): Promise<HTMLElement> {
  const session = await api.examSession(sessionId);
  // A page that was loaded anew goes on with the exam's own story.
  telemetry.journey(session.correlation_id);
  const quiz = await api.quiz(session.quiz_id);
  return new Sitting(session, quiz.questions).element;
}

/** One exam on the page, from its first look to its end. */
class Sitting {
  readonly element: HTMLElement;
  private readonly form: HTMLFormElement;
  private readonly clock = el("span", { class: "clock", "data-testid": "clock" });
  private readonly told = el("div", { role: "status", "data-testid": "exam-status" });
  private readonly noticed = el("span", { class: "count", "data-testid": "event-count" });
  private readonly button = el("button", { class: "button", "data-testid": "hand-in" }, "Hand in");
  private readonly pretending: HTMLElement;
  private readonly timers: number[] = [];
  private away = false;

  constructor(
    private session: api.ExamSession,
    private readonly questions: api.Question[],
  ) {
    this.form = el("form", {}, ...questions.map((q, i) => question(q, i, false)), this.button);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.handIn();
    });
    this.pretending = this.pretend();
    this.element = el(
      "article",
      {},
      el("header", { class: "exam-head" }, el("h1", {}, session.title), this.clock),
      this.told,
      el("aside", { class: "sheet watching" }, el("p", {}, "Noticed so far: ", this.noticed), this.pretending),
      this.form,
    );
    this.show(session);
    if (session.state === "running") this.begin();
  }

  private pretend(): HTMLElement {
    const simulate = (kind: api.EventKind, says: string) =>
      el(
        "button",
        { type: "button", class: "chip", "data-testid": `simulate-${kind}`, onclick: () => void this.notice(kind) },
        says,
      );
    return el(
      "div",
      {},
      el("p", { class: "quiet" }, "Leaving the page is noticed. There is no camera; pretend:"),
      el(
        "div",
        { class: "chips" },
        simulate("face_not_visible", "my face is not visible"),
        simulate("second_voice", "a second voice is heard"),
      ),
    );
  }

  private begin(): void {
    addEventListener("blur", this.onLeave);
    addEventListener("focus", this.onReturn);
    document.addEventListener("visibilitychange", this.onVisibility);
    this.timers.push(setInterval(() => this.tick(), SECOND_MS), setInterval(() => void this.look(), LOOK_AGAIN_MS));
    this.tick();
  }

  private stop(): void {
    for (const timer of this.timers) clearInterval(timer);
    removeEventListener("blur", this.onLeave);
    removeEventListener("focus", this.onReturn);
    document.removeEventListener("visibilitychange", this.onVisibility);
  }

  private readonly onVisibility = () => (document.hidden ? this.onLeave() : this.onReturn());
  private readonly onLeave = () => {
    if (this.away || this.isGone()) return;
    this.away = true;
    void this.notice("focus_lost");
  };
  private readonly onReturn = () => {
    if (!this.away || this.isGone()) return;
    this.away = false;
    void this.notice("focus_regained");
  };

  /** Whether another view has taken the page's place; then nothing is noticed any more. */
  private isGone(): boolean {
    const gone = this.element.parentElement !== null && !this.element.isConnected;
    if (gone) this.stop();
    return gone;
  }

  private async notice(kind: api.EventKind): Promise<void> {
    await this.doing(() => telemetry.action("exam event", () => api.notice(this.session.session_id, kind)));
  }

  private async look(): Promise<void> {
    if (!this.element.isConnected) return this.stop();
    await this.doing(() => api.examSession(this.session.session_id));
  }

  private async handIn(): Promise<void> {
    this.button.disabled = true;
    const answers = chosen(this.form, this.questions);
    await this.doing(() => telemetry.action("hand in exam", () => api.handIn(this.session.session_id, answers)));
    this.button.disabled = this.session.state !== "running";
  }

  private async doing(work: () => Promise<api.ExamSession>): Promise<void> {
    try {
      this.show(await work());
    } catch (problem) {
      // The session may have ended meanwhile; what it is now says more than the refusal.
      const now = await api.examSession(this.session.session_id).catch(() => undefined);
      if (now && now.state !== "running") this.show(now);
      else this.told.replaceChildren(el("p", { class: "problem" }, (problem as Error).message));
    }
  }

  private show(session: api.ExamSession): void {
    this.session = session;
    this.noticed.textContent = String(session.event_count);
    this.told.replaceChildren(...outcome(session));
    if (session.state === "running") return;
    this.stop();
    this.clock.textContent = STATES[session.state];
    for (const field of this.form.querySelectorAll("fieldset")) field.disabled = true;
    this.button.hidden = true;
    this.pretending.hidden = true;
  }

  private tick(): void {
    if (this.session.state !== "running") return;
    const end = Date.parse(this.session.started_at) + this.session.minutes * 60_000;
    const left = Math.max(0, Math.round((end - Date.now()) / SECOND_MS));
    this.clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left`;
  }
}

function outcome(session: api.ExamSession): HTMLElement[] {
  if (session.state === "handed_in") {
    return [el("p", { class: "notice good" }, "Handed in. The grade will be in “My grades” soon.")];
  }
  if (session.state === "terminated") {
    return [el("p", { class: "notice bad" }, `A proctor has ended this exam: ${session.reason ?? ""}`)];
  }
  if (session.decision === "flagged") {
    return [el("p", { class: "notice warn" }, `A proctor has flagged this exam: ${session.reason ?? ""}`)];
  }
  if (session.decision === "cleared") {
    return [el("p", { class: "notice good" }, "A proctor has looked at this exam and found nothing.")];
  }
  return [];
}
