import { expect, it } from "vitest";
import { stackedBars, sumOf } from "./bars";

const KINDS = ["SECRET", "EMAIL", "undeclared"];
const COURSE = [
  { start: "2026-11-23T10:00:00Z", counts: { undeclared: 9_990, EMAIL: 9, SECRET: 1 } },
  { start: "2026-11-23T10:01:00Z", counts: {} },
  { start: "2026-11-23T10:02:00Z", counts: { undeclared: 5_000 } },
];

it("stands the first name at the bottom, and lets one among thousands be seen", () => {
  const [bar] = stackedBars(COURSE, 60, KINDS);
  expect(bar?.parts.map(({ name }) => name)).toEqual(["SECRET", "EMAIL", "undeclared"]);
  expect(bar?.parts[0]?.height).toBeGreaterThan(0.02);
});

it("scales to the tallest bar, keeps it within the drawing and leaves an empty one empty", () => {
  const all = stackedBars(COURSE, 60, KINDS);
  const top = all[0]?.parts.at(-1);
  expect((top?.offset ?? 0) + (top?.height ?? 0)).toBeCloseTo(1);
  expect(all[1]?.parts).toEqual([]);
  expect(all[2]?.parts[0]?.height).toBeCloseTo(0.48, 2);
});

it("scales to the names that are shown", () => {
  expect(stackedBars(COURSE, 60, ["EMAIL"])[0]?.parts[0]?.height).toBe(1);
});

it("sums the names of a selection in the order asked for", () => {
  expect(sumOf(stackedBars(COURSE, 60, KINDS), ["undeclared", "EMAIL", "SECRET", "IBAN"])).toEqual([
    { name: "undeclared", count: 14_990 },
    { name: "EMAIL", count: 9 },
    { name: "SECRET", count: 1 },
  ]);
});
