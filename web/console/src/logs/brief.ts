import type { Log } from "../api/types";

/** What is worth reading beside the message without opening the row. */
const TELLING = [
  "exception.type",
  "http.response.status_code",
  "db.query.text",
  "gen_ai.request.model",
  "ai.model_version",
];

/** The most telling fields that the message does not say already. */
export function brief(log: Log): string {
  return TELLING.map((name) => log.attributes[name])
    .filter((value) => value !== undefined && value !== null && !log.message.includes(String(value)))
    .map(String)
    .join(" · ");
}
