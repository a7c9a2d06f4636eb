import type { Attributes } from "../api/types";

/** What is worth reading beside a message or a span's name without opening it. */
const TELLING = [
  "exception.type",
  "exception.message",
  "db.query.text",
  "messaging.destination.name",
  "gen_ai.request.model",
  "ai.model_version",
];

/** The request a record speaks of, then its most telling fields; nothing that its title says already. */
export function brief(title: string, attributes: Attributes): string {
  const said = (name: string) => String(attributes[name] ?? "");
  const news = (part: string) => part !== "" && !title.includes(part);
  const route = said("http.route") || said("url.path");
  // `GET /courses/{course_id} 200`, as far as the record tells.
  const request = [said("http.request.method"), route, said("http.response.status_code")]
    .filter(news)
    .join(" ");
  return [request, ...TELLING.map(said)].filter(news).join(" · ");
}
