import { expect, it } from "vitest";
import type { Histogram } from "../api/types";
import { bars, countsOf, timeTicks } from "./histogramScale";

const NONE = { debug: 0, info: 0, warning: 0, error: 0, critical: 0 };
const HISTOGRAM: Histogram = {
  interval_seconds: 60,
  buckets: [
    { start: "2026-11-23T10:00:00Z", counts: { ...NONE, info: 9999, error: 1 } },
    { start: "2026-11-23T10:01:00Z", counts: NONE },
    { start: "2026-11-23T10:02:00Z", counts: { ...NONE, info: 5000 } },
  ],
};

it("stands the worst level at the bottom, and lets one error among thousands be seen", () => {
  const [bar] = bars(HISTOGRAM);
  expect(bar?.parts.map(({ level }) => level)).toEqual(["error", "info"]);
  expect(bar?.parts[0]?.height).toBeGreaterThanOrEqual(0.02);
});

it("scales to the tallest bar and leaves an empty one empty", () => {
  const all = bars(HISTOGRAM);
  expect(all[1]?.parts).toEqual([]);
  expect(all[2]?.parts[0]?.height).toBeCloseTo(0.5);
});

it("sums the levels of a selection", () => {
  expect(countsOf(bars(HISTOGRAM))).toEqual([
    { level: "error", count: 1 },
    { level: "info", count: 14_999 },
  ]);
});

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
