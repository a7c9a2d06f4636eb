import { ALIASES, fieldOf } from "./fields";
import { tokens } from "./tokens";

/** Fields of every record that are no choice of a service, so that a sample of values need not have them. */
const ALWAYS = new Set([...Object.values(ALIASES), "message", "duration_ms", "release", "marks", "project"]);

/** The names in a query that no recent record has: most often a slip of the pen. */
export function unknownFields(query: string, seen: readonly { name: string }[]): string[] {
  if (seen.length === 0) return [];
  const known = new Set([...ALWAYS, ...seen.map(({ name }) => name)]);
  const asked = tokens(query).flatMap((token) => (token.kind === "field" ? [token.name ?? ""] : []));
  return [...new Set(asked)].filter((name) => !known.has(fieldOf(name)));
}
