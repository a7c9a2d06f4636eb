// A forgiving reading of a half-typed query, for colours, completion and editing. The platform's parser
// alone says what is right; this one never fails.

export type TokenKind = "word" | "quoted" | "field" | "operator" | "parenthesis";

export interface Token {
  kind: TokenKind;
  start: number;
  end: number;
  text: string;
  /** Only for `field`: the name before the colon and the raw value after it. */
  name?: string;
  value?: string;
  valueStart?: number;
  negated: boolean;
}

const FIELD = /^([A-Za-z_][\w.-]*):/;

export function tokens(query: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < query.length) {
    if (/\s/.test(query[at] ?? "")) {
      at += 1;
      continue;
    }
    const token = readToken(query, at);
    found.push(token);
    at = token.end;
  }
  return found;
}

function readToken(query: string, start: number): Token {
  if (query[start] === "(" || query[start] === ")") {
    return { kind: "parenthesis", start, end: start + 1, text: query[start] ?? "", negated: false };
  }
  const negated = query[start] === "-" && start + 1 < query.length && !/\s/.test(query[start + 1] ?? "");
  const bodyStart = negated ? start + 1 : start;
  if (negated && query[bodyStart] === "(") {
    return { kind: "operator", start, end: bodyStart, text: "-", negated };
  }
  const field = FIELD.exec(query.slice(bodyStart));
  const valueStart = field ? bodyStart + field[0].length : bodyStart;
  const end = endOfValue(query, valueStart);
  const text = query.slice(start, end);
  if (field) {
    const value = query.slice(valueStart, end);
    return { kind: "field", start, end, text, name: field[1] ?? "", value, valueStart, negated };
  }
  return { kind: kindOf(text, query[bodyStart]), start, end: Math.max(end, start + 1), text, negated };
}

function kindOf(text: string, first: string | undefined): TokenKind {
  if (first === '"') return "quoted";
  return text === "OR" || text === "AND" || text === "NOT" ? "operator" : "word";
}

function endOfValue(query: string, start: number): number {
  let at = start;
  // A comparison may stand before a quoted value: field:>="10".
  while (/[<>=]/.test(query[at] ?? "")) at += 1;
  if (query[at] === '"') return endOfQuoted(query, at);
  while (at < query.length && !/[\s()]/.test(query[at] ?? "")) at += 1;
  return at;
}

function endOfQuoted(query: string, start: number): number {
  for (let at = start + 1; at < query.length; at += 1) {
    if (query[at] === "\\") at += 1;
    else if (query[at] === '"') return at + 1;
  }
  return query.length;
}

/** The value of a field token without its quotes. */
export function plainValue(raw: string): string {
  if (!raw.startsWith('"')) return raw;
  return raw.slice(1, raw.length > 1 && raw.endsWith('"') ? -1 : undefined).replace(/\\(.)/g, "$1");
}
