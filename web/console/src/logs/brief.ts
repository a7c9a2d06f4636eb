import type { Log } from "../api/types";

/** What is worth reading beside the message without opening the row. */
const TELLING = [
  "exception.type",
  "exception.message",
  "db.query.text",
  "messaging.destination.name",
  "gen_ai.request.model",
  "ai.model_version",
];

/** The request a line speaks of, then its most telling fields; nothing that the message says already. */
export function brief(log: Log): string {
  const telling = TELLING.map((name) => said(log, name));
  return [request(log), ...telling].filter((part) => part !== "" && !log.message.includes(part)).join(" · ");
}

/** `GET /courses/{course_id} 200`, as far as the line tells. */
function request(log: Log): string {
  const route = said(log, "http.route") || said(log, "url.path");
  const parts = [said(log, "http.request.method"), route, said(log, "http.response.status_code")];
  return parts.filter((part) => part !== "" && !log.message.includes(part)).join(" ");
}

const said = (log: Log, name: string) => String(log.attributes[name] ?? "");
