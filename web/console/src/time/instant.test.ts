import { expect, it } from "vitest";
import { ago, microseconds, utc, zoneName } from "./instant";

it("keeps microseconds, which Date alone would drop", () => {
  const one = microseconds("2026-11-23T10:00:00.000001Z");
  expect(one - microseconds("2026-11-23T10:00:00Z")).toBe(1);
  expect(microseconds("2026-11-23T10:00:00.5Z") - one).toBe(499_999);
});

it("shows the time in UTC as it was kept", () => {
  expect(utc("2026-11-23T10:25:01.123456Z")).toBe("2026-11-23 10:25:01.123456 UTC");
});

it("says how long ago in the unit that fits", () => {
  const now = Date.parse("2026-11-23T10:00:00Z");
  const back = (seconds: number) => ago(new Date(now - seconds * 1000).toISOString(), now);
  expect([1, 30, 200, 7300, 200_000].map(back)).toEqual([
    "just now",
    "30 s ago",
    "3 min ago",
    "2 h ago",
    "2 d ago",
  ]);
});

it("names the zone in which times are shown by its offset", () => {
  const offBy = (minutes: number) => ({ getTimezoneOffset: () => -minutes }) as Date;
  expect([0, 60, 330, -210].map((minutes) => zoneName(offBy(minutes)))).toEqual([
    "UTC",
    "UTC+1",
    "UTC+5:30",
    "UTC−3:30",
  ]);
});
