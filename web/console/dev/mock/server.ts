import type { IncomingMessage, ServerResponse } from "node:http";
import * as answers from "./answers";
import { bodyOf, privacyAnswer } from "./privacy";
import { School } from "./school";
import { compile, UnreadableQuery } from "./search";

const HISTORY_MS = 2 * 3_600_000;
const VISIT_EVERY_MS = 700;

/** A school with a past, and visits going on; `answer` reads it the way the platform's API would. */
export function openSchool() {
  const school = open();
  const visits = setInterval(() => school.visit(Date.now() - 400), VISIT_EVERY_MS);
  return {
    answer: async (request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> => {
      const privacy = privacyAnswer(url, request.method ?? "GET", await bodyOf(request));
      if (privacy === undefined) answer(school, url, response);
      else send(response, 200, privacy);
    },
    close: () => clearInterval(visits),
  };
}

function open(): School {
  const school = new School();
  const now = Date.now();
  for (let at = now - HISTORY_MS; at < now; at += 4000 + 3000 * Math.sin(at / 600_000)) school.visit(at);
  return school;
}

function answer(school: School, url: URL, response: ServerResponse): void {
  try {
    if (url.pathname === "/api/logs/tail") {
      tail(school, url.searchParams, response);
      return;
    }
    const body = route(school, url);
    if (body === null)
      send(
        response,
        404,
        problem("not_found", "Nothing bears this id.", "Ids are kept as long as their records are."),
      );
    else send(response, 200, body);
  } catch (error) {
    if (!(error instanceof UnreadableQuery)) throw error;
    const { message, position, hint } = error;
    send(response, 400, { error: { code: "unreadable_query", message, hint, position } });
  }
}

function route(school: School, { pathname, searchParams: search }: URL): unknown {
  const id = decodeURIComponent(pathname.split("/")[3] ?? "");
  if (pathname === "/api/session") return { name: "On-call engineer", roles: ["admin"], tenants: null };
  if (pathname === "/api/session/end") return {};
  if (pathname === "/api/services")
    return { services: answers.services(school, search), interval_seconds: 120 };
  if (pathname === "/api/traces") {
    const { items, next_cursor } = answers.page(answers.findTraces(school, search), search);
    return { traces: items, next_cursor };
  }
  if (pathname.startsWith("/api/traces/")) return answers.trace(school, id);
  if (pathname.startsWith("/api/correlations/")) return answers.correlation(school, id);
  return logRoute(school, pathname, search);
}

function logRoute(school: School, pathname: string, search: URLSearchParams): unknown {
  const found = answers.findLogs(school, search);
  if (pathname === "/api/logs/count") return { count: found.length };
  if (pathname === "/api/logs/histogram") return answers.histogram(found, search);
  if (pathname === "/api/logs/fields") return { fields: answers.fields(found) };
  if (pathname === "/api/errors") return { errors: answers.errors(found) };
  if (pathname !== "/api/logs") return null;
  const { items, next_cursor } = answers.page(found, search);
  return { logs: items, next_cursor };
}

function tail(school: School, search: URLSearchParams, response: ServerResponse): void {
  const asked = compile(search.get("query") ?? "");
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  let sent = school.logs.length;
  const timer = setInterval(() => {
    for (const log of school.logs.slice(sent)) {
      if (asked(log)) response.write(`event: log\ndata: ${JSON.stringify(log)}\n\n`);
    }
    sent = school.logs.length;
  }, 250);
  response.on("close", () => clearInterval(timer));
}

const problem = (code: string, message: string, hint: string) => ({ error: { code, message, hint } });

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
