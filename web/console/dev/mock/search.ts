import type { Log } from "../../src/api/types";
import { fieldOf } from "../../src/language/fields";
import { plainValue, type Token, tokens } from "../../src/language/tokens";

// Enough of the search language to develop against: AND, NOT/-, words, quoted text, field:value,
// comparisons and prefixes. The platform's own parser is the real thing.

const RANK = ["debug", "info", "warning", "error", "critical"];

export class UnreadableQuery extends Error {
  constructor(
    message: string,
    readonly position: number,
    readonly hint: string,
  ) {
    super(message);
  }
}

export function compile(query: string): (record: Partial<Log>) => boolean {
  if ((query.match(/(?<!\\)"/g)?.length ?? 0) % 2) {
    throw new UnreadableQuery("This quote is never closed.", query.lastIndexOf('"'), 'Add a closing ".');
  }
  const terms = tokens(query).filter((token) => token.kind !== "operator" && token.kind !== "parenthesis");
  const empty = terms.find((token) => token.kind === "field" && token.value === "");
  if (empty) {
    throw new UnreadableQuery(
      `"${empty.name}:" has no value.`,
      empty.end,
      `Write ${empty.name}:value, or ${empty.name}:* for "present".`,
    );
  }
  return (record) => terms.every((token) => matches(token, record) !== token.negated);
}

function matches(token: Token, record: Partial<Log>): boolean {
  if (token.kind !== "field") {
    const wanted = plainValue(token.text.replace(/^-/, "")).toLowerCase();
    return (record.message ?? "").toLowerCase().includes(wanted);
  }
  const name = fieldOf(token.name ?? "");
  const own = (record as Record<string, unknown>)[name] ?? record.attributes?.[name] ?? "";
  return compare(String(own), token.value ?? "", name);
}

function compare(own: string, raw: string, name: string): boolean {
  const comparison = /^(>=|<=|>|<)(.*)$/.exec(raw);
  if (comparison) {
    const rank = (text: string) => (name === "log_level" ? RANK.indexOf(text) : Number(text));
    if (own === "") return false;
    const [one, other] = [rank(own), rank(comparison[2] ?? "")];
    return (
      { ">": one > other, ">=": one >= other, "<": one < other, "<=": one <= other }[comparison[1] ?? ""] ??
      false
    );
  }
  const value = plainValue(raw);
  if (value === "*") return own !== "";
  return value.endsWith("*") ? own.startsWith(value.slice(0, -1)) : own === value;
}
