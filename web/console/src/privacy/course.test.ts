import { expect, it } from "vitest";
import { courseBars, sumOf } from "./course";

const KINDS = ["undeclared", "EMAIL", "SECRET"];
const COURSE = [
  { start: "2026-11-23T10:00:00Z", counts: { undeclared: 9_990, EMAIL: 9, SECRET: 1 } },
  { start: "2026-11-23T10:01:00Z", counts: {} },
  { start: "2026-11-23T10:02:00Z", counts: { undeclared: 5_000 } },
];

it("stands the rarest kind at the bottom, and lets one among thousands be seen", () => {
  const [bar] = courseBars(COURSE, 60, KINDS);
  expect(bar?.parts.map(({ kind }) => kind)).toEqual(["SECRET", "EMAIL", "undeclared"]);
  expect(bar?.parts[0]?.height).toBeGreaterThan(0.02);
});

it("keeps the tallest bar within the drawing and an empty one empty", () => {
  const all = courseBars(COURSE, 60, KINDS);
  const top = all[0]?.parts.at(-1);
  expect((top?.offset ?? 0) + (top?.height ?? 0)).toBeCloseTo(1);
  expect(all[1]?.parts).toEqual([]);
});

it("scales to the kinds that are shown", () => {
  expect(courseBars(COURSE, 60, ["EMAIL"])[0]?.parts[0]?.height).toBe(1);
});

it("sums the kinds of a selection, the most frequent first", () => {
  expect(sumOf(courseBars(COURSE, 60, KINDS), KINDS)).toEqual([
    { kind: "undeclared", count: 14_990 },
    { kind: "EMAIL", count: 9 },
    { kind: "SECRET", count: 1 },
  ]);
});
