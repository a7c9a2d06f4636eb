import type { FieldInfo } from "../api/types";
import { quoteValue } from "./edit";
import { ALIASES, fieldOf, shortName } from "./fields";
import { looksLikeId } from "./identifier";
import { plainValue, type Token, tokens } from "./tokens";

export interface Suggestion {
  kind: "field" | "value" | "comparison" | "correlation";
  label: string;
  detail: string;
  /** What replaces the text from `start` to `end` of the query; for `correlation`, the id to open. */
  insert: string;
}

export interface Suggestions {
  start: number;
  end: number;
  items: Suggestion[];
}

const MOST = 10;
const NOTHING: Suggestions = { start: 0, end: 0, items: [] };
const SEVERITIES: readonly Suggestion[] = [
  { kind: "comparison", label: ">=warning", detail: "warning and worse", insert: ">=warning " },
  { kind: "comparison", label: ">=error", detail: "error and critical", insert: ">=error " },
];

/** What could stand at the caret: fields while a name is typed, values after its colon. */
export function suggest(query: string, caret: number, fields: readonly FieldInfo[]): Suggestions {
  const token = tokens(query).find((each) => each.start < caret && caret <= each.end);
  if (!token) return { start: caret, end: caret, items: names("", fields) };
  if (token.kind === "field") return values(token, caret, fields);
  if (token.kind !== "word") return NOTHING;
  const start = token.negated ? token.start + 1 : token.start;
  const typed = query.slice(start, caret);
  const items = names(typed, fields);
  if (looksLikeId(query)) {
    const id = query.trim();
    items.unshift({ kind: "correlation", label: id, detail: "open its correlation", insert: id });
  }
  return { start, end: token.end, items };
}

function names(typed: string, fields: readonly FieldInfo[]): Suggestion[] {
  const described = new Map(fields.map((field) => [field.name, field]));
  const known = new Set([...Object.values(ALIASES), ...described.keys()]);
  const wanted = typed.toLowerCase();
  return [...known]
    .map((name) => ({ name, rank: rankOf(name, wanted) }))
    .filter(({ rank }) => rank < 3)
    .sort((one, other) => one.rank - other.rank)
    .slice(0, MOST)
    .map(({ name }) => ({
      kind: "field" as const,
      label: `${shortName(name)}:`,
      detail: described.get(name)?.description ?? name,
      insert: `${shortName(name)}:`,
    }));
}

function rankOf(name: string, wanted: string): number {
  if (shortName(name).startsWith(wanted)) return 0;
  if (name.toLowerCase().startsWith(wanted)) return 1;
  return name.toLowerCase().includes(wanted) ? 2 : 3;
}

function values(token: Token, caret: number, fields: readonly FieldInfo[]): Suggestions {
  const start = token.valueStart ?? token.end;
  if (caret < start) return NOTHING;
  const name = fieldOf(token.name ?? "");
  const typed = plainValue((token.value ?? "").slice(0, caret - start)).toLowerCase();
  const seen = fields.find((field) => field.name === name)?.values ?? [];
  const items: Suggestion[] = seen
    .filter(({ value }) => value !== "" && value.toLowerCase().startsWith(typed))
    .map(({ value, count }) => ({
      kind: "value" as const,
      label: value,
      detail: count.toLocaleString("en-GB"),
      insert: `${quoteValue(value)} `,
    }));
  const exact = items.length === 1 && items[0]?.label.toLowerCase() === typed;
  if (name === "log_level") items.push(...SEVERITIES.filter((each) => each.label.startsWith(typed)));
  return { start, end: token.end, items: exact ? [] : items.slice(0, MOST) };
}
