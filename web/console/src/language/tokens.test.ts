import { describe, expect, it } from "vitest";
import { plainValue, tokens } from "./tokens";

const kinds = (query: string) => tokens(query).map((token) => `${token.kind}:${token.text}`);

describe("tokens", () => {
  it("tells words, quoted words, fields, operators and parentheses apart", () => {
    expect(kinds('slow "exact words" level:error (a OR b) NOT x')).toEqual([
      "word:slow",
      'quoted:"exact words"',
      "field:level:error",
      "parenthesis:(",
      "word:a",
      "operator:OR",
      "word:b",
      "parenthesis:)",
      "operator:NOT",
      "word:x",
    ]);
  });

  it("keeps a quoted value, its spaces, parentheses and escaped quotes, in one token", () => {
    const [token] = tokens('http.route:"/a (b) \\"c\\"" next');
    expect(token?.name).toBe("http.route");
    expect(plainValue(token?.value ?? "")).toBe('/a (b) "c"');
  });

  it("knows a minus before a term from one inside a word", () => {
    expect(tokens("-level:debug re-read").map((token) => token.negated)).toEqual([true, false]);
  });

  it("covers every character of a half-typed query", () => {
    for (const query of ['"', "-", "(", "a:", 'a:"', "a:>", "))((", "- -", "-("]) {
      const found = tokens(query);
      expect(found.map((token) => token.text).join("")).toBe(query.replaceAll(" ", ""));
    }
  });
});
