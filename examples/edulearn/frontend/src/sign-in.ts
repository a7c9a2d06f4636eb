/** Signing in. The demo's people are listed, so that one can look around as any of them. */

import * as api from "./api.js";
import { el } from "./dom.js";
import { person, signIn } from "./person.js";

// Made up, like everybody here; the password is the same for all.
const DEMO_PASSWORD = "learn-with-us";
const DEMO_PEOPLE: [string, string][] = [
  ["learner.1", "a learner"],
  ["learner.2", "a learner under 13"],
  ["teacher", "a teacher"],
  ["proctor", "a proctor"],
];

export async function signInView(next: string): Promise<HTMLElement> {
  const email = field("email", "email", "username");
  const password = field("password", "password", "current-password");
  const problem = el("p", { class: "problem", role: "alert", "data-testid": "sign-in-problem" });
  const button = el("button", { class: "button", "data-testid": "sign-in" }, "Sign in");
  const onsubmit = async (event: Event) => {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = "";
    try {
      await signIn(email.value, password.value);
      location.hash = `#/${next === "home" ? "" : next}`;
    } catch (failed) {
      problem.textContent = failed instanceof api.ApiError ? failed.message : "EduLearn cannot be reached.";
      password.select();
    } finally {
      button.disabled = false;
    }
  };
  const form = el(
    "form",
    { class: "sheet sign-in", onsubmit: (event) => void onsubmit(event) },
    el("label", { for: "email" }, "E-mail address"),
    email,
    el("label", { for: "password" }, "Password"),
    password,
    problem,
    button,
  );
  return el("div", { class: "narrow" }, el("h1", {}, "Sign in"), form, demoPeople(email, password));
}

function field(name: string, type: string, autocomplete: string): HTMLInputElement {
  return el("input", { id: name, name, type, autocomplete, required: true, "data-testid": name });
}

function demoPeople(email: HTMLInputElement, password: HTMLInputElement): HTMLElement {
  const school = person()?.tenant_id ?? "riverside-school";
  const fill = (name: string) => () => {
    email.value = `${name}@${school}.example`;
    password.value = DEMO_PASSWORD;
  };
  return el(
    "section",
    { class: "demo" },
    el("p", { class: "quiet" }, "Everybody here is made up. Look around as"),
    el(
      "div",
      { class: "chips" },
      ...DEMO_PEOPLE.map(([name, says]) =>
        el("button", { type: "button", class: "chip", onclick: fill(name), "data-testid": `demo-${name}` }, says),
      ),
    ),
  );
}
