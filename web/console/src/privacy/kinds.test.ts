import { expect, it } from "vitest";
import { tokens } from "../language/tokens";
import { declareLine, isDeclarable } from "./classes";
import { kindName, kindsOf, queryFor } from "./kinds";

const finding = (kind: string, field: string, count: number) => ({
  kind,
  field,
  count,
  service_name: "courses",
  last_seen: "",
});

it("counts kinds over services and fields, the most frequent first, each in a colour of its own", () => {
  const kinds = kindsOf([
    finding("EMAIL", "message", 2),
    finding("IP", "message", 3),
    finding("EMAIL", "a", 2),
  ]);
  expect(kinds.map(({ kind, count }) => [kind, count])).toEqual([
    ["EMAIL", 4],
    ["IP", 3],
  ]);
  expect(new Set(kinds.map(({ hue }) => hue)).size).toBe(2);
});

it.each([
  ["EMAIL", "message", 'service:courses "[EMAIL]"'],
  ["EMAIL", "exception.message", "service:courses exception.message:*"],
  ["undeclared", "course.colour", "service:courses course.colour:*"],
  ["withheld:prose", "gen_ai.prompt", 'service:courses gen_ai.prompt:"[withheld:prose]"'],
  ["id_replaced", "", "service:courses marks:id_replaced"],
])("leads from %s in %s to its log lines", (kind, field, query) => {
  expect(queryFor(finding(kind, field, 1))).toBe(query);
  expect(tokens(query).length).toBe(2);
});

it("says kinds in words, those it does not know too", () => {
  expect(kindName("EMAIL")).toBe("E-mail address");
  expect(kindName("PASSPORT_NUMBER")).toBe("passport number");
});

it("knows which names the contract can declare", () => {
  expect(["course.colour", "a_1.b2"].every(isDeclarable)).toBe(true);
  expect(["courseColour", "course colour", "1st", "a..b", "a".repeat(129)].some(isDeclarable)).toBe(false);
  expect(declareLine("course.colour", "label")).toBe('eduscope.contract.declare("course.colour", "label")');
});
