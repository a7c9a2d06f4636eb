import { fieldOf, shortName } from "./fields";
import { plainValue, type Token, tokens } from "./tokens";

const BARE = /^[A-Za-z0-9_][\w.-]*$/;

/** A value as it can stand in a query: bare where it reads the same, quoted otherwise. */
export function quoteValue(value: string): string {
  return BARE.test(value) ? value : quoted(value);
}

/** A text in quotes, to be found exactly. */
export function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

export function term(field: string, value: string): string {
  return `${shortName(field)}:${quoteValue(value)}`;
}

/** Narrows a query to a value of a field; its exact opposite, if there, is replaced. */
export function filterFor(query: string, field: string, value: string): string {
  return withTerm(query, { field, value, negated: false });
}

/** Narrows a query to everything but that value. */
export function filterOut(query: string, field: string, value: string): string {
  return withTerm(query, { field, value, negated: true });
}

/** Takes every mention of a field at the top level out, then asks for one value; `""` only takes out. */
export function setTerm(query: string, field: string, value: string): string {
  const kept = without(query, (token) => token.kind === "field" && fieldOf(token.name ?? "") === field);
  return value === "" ? kept : withTerm(kept, { field, value, negated: false });
}

interface Term {
  field: string;
  value: string;
  negated: boolean;
}

function withTerm(query: string, { field, value, negated }: Term): string {
  const same = (token: Token) =>
    token.kind === "field" &&
    fieldOf(token.name ?? "") === field &&
    plainValue(token.value ?? "") === value &&
    !/^[<>=]/.test(token.value ?? "");
  if (tokens(query).some((token) => same(token) && token.negated === negated)) return query.trim();
  const rest = grouped(without(query, same));
  return `${rest}${rest ? " " : ""}${negated ? "-" : ""}${term(field, value)}`;
}

/** An OR at the top level binds weaker than the AND of two terms standing together. */
function grouped(query: string): string {
  let depth = 0;
  for (const token of tokens(query)) {
    if (token.text === "(") depth += 1;
    else if (token.text === ")") depth -= 1;
    else if (depth === 0 && token.kind === "operator" && token.text === "OR") return `(${query})`;
  }
  return query;
}

// Inside parentheses or next to OR, taking a term out would change what the others mean: leave it.
function without(query: string, matches: (token: Token) => boolean): string {
  const all = tokens(query);
  if (all.some((token) => token.kind === "operator" || token.kind === "parenthesis")) return query.trim();
  return all
    .filter((token) => !matches(token))
    .map((token) => token.text)
    .join(" ");
}
