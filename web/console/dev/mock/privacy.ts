import type { IncomingMessage } from "node:http";
import type { DeclaredField, Finding, Findings, UndeclaredField } from "../../src/api/privacy";
import { windowOf } from "./answers";

const STEPS = 60;
const LEAST_STEP_S = 60;

// How much of each is found in a minute, and how it comes: always, by day, or all at once.
const SEEN: [kind: string, service: string, field: string, perMinute: number, rhythm: number][] = [
  ["undeclared", "courses", "course.colour", 40, 0.2],
  ["undeclared", "tutor", "tutor.mood", 14, 0.4],
  ["undeclared", "worker", "batchLabel", 3, 0.3],
  ["withheld:prose", "tutor", "gen_ai.prompt", 22, 0.5],
  ["EMAIL", "courses", "message", 4, 1],
  ["EMAIL", "accounts", "exception.message", 2, 1],
  ["IP", "gateway", "message", 6, 0.3],
  ["SECRET", "worker", "exception.stacktrace", 0.4, 1],
  ["PHONE", "proctoring", "message", 0.7, 1],
  ["id_replaced", "gateway", "", 1, 0.8],
];

const declared: DeclaredField[] = [
  {
    name: "quiz.kind",
    class: "label",
    description: "How a quiz is answered.",
    declared_by: "On-call engineer",
    declared_at: new Date(Date.now() - 3 * 86_400_000).toISOString(),
  },
];

/** What the platform would say to a question under /api/privacy; undefined where there is no such page. */
export function privacyAnswer(url: URL, method: string, body: Record<string, string>): unknown {
  const { pathname, searchParams } = url;
  if (pathname === "/api/privacy/findings") return findings(searchParams);
  if (pathname === "/api/privacy/undeclared") return { undeclared: undeclared(searchParams) };
  if (!pathname.startsWith("/api/privacy/fields")) return undefined;
  if (method === "POST") declare(body);
  const name = decodeURIComponent(pathname.split("/")[4] ?? "");
  if (method === "DELETE")
    declared.splice(
      declared.findIndex((field) => field.name === name),
      1,
    );
  return { fields: declared };
}

function declare({ name = "", class: fieldClass = "" }: Record<string, string>): void {
  declared.push({
    name,
    class: fieldClass,
    description: "",
    declared_by: "On-call engineer",
    declared_at: new Date().toISOString(),
  });
}

function findings(search: URLSearchParams): Findings {
  const { fromMs, toMs } = windowOf(search);
  const interval = Math.max(LEAST_STEP_S, Math.ceil((toMs - fromMs) / STEPS / 60_000) * 60);
  const course = [];
  const totals = new Map<string, number>();
  const seen = SEEN.filter(([, service]) => !search.get("service") || service === search.get("service"));
  for (let at = Math.floor(fromMs / (interval * 1000)) * interval * 1000; at < toMs; at += interval * 1000) {
    const counts: Record<string, number> = {};
    for (const [place, [kind, service, field, perMinute, rhythm]] of seen.entries()) {
      const wave = 1 + rhythm * Math.sin(at / 700_000 + place * 2) + rhythm * Math.sin(at / 190_000 + place);
      const count = Math.max(0, Math.round((perMinute * interval * wave) / 60));
      counts[kind] = (counts[kind] ?? 0) + count;
      const key = [kind, service, field].join("\n");
      totals.set(key, (totals.get(key) ?? 0) + count);
    }
    course.push({ start: new Date(at).toISOString(), counts });
  }
  const found: Finding[] = [...totals]
    .filter(([, count]) => count > 0)
    .map(([key, count], place) => {
      const [kind = "", service_name = "", field = ""] = key.split("\n");
      return { kind, service_name, field, count, last_seen: new Date(toMs - place * 70_000).toISOString() };
    })
    .sort((one, other) => other.count - one.count);
  return { findings: found, interval_seconds: interval, course };
}

function undeclared(search: URLSearchParams): UndeclaredField[] {
  const { findings: found } = findings(search);
  return found
    .filter(({ kind }) => kind === "undeclared")
    .map(({ field, service_name, count, last_seen }) => ({
      name: field,
      services: field === "course.colour" ? ["courses", "gateway", "recommender", "worker"] : [service_name],
      count,
      different: 7,
      first_seen: new Date(windowOf(search).fromMs).toISOString(),
      last_seen,
      suggested_class: "label",
    }));
}

/** The JSON of a request's body; nothing where there is none. */
export async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text ? (JSON.parse(text) as Record<string, string>) : {};
}
