import { expect, it } from "vitest";
import { timeTicks } from "./timeTicks";

it("ticks at round times within the range", () => {
  const fromMs = Date.parse("2026-11-23T10:02:30Z");
  const ticks = timeTicks({ fromMs, toMs: fromMs + 3_600_000, wanted: 10 });
  expect(ticks.map(({ ms }) => new Date(ms).toISOString().slice(11, 16))).toEqual([
    "10:10",
    "10:20",
    "10:30",
    "10:40",
    "10:50",
    "11:00",
  ]);
});
